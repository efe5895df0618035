import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Conversation } from "../../model/types";
import { ApiError } from "../../services/apiError";
import { createFakeClient, type FakeOptions, makeConversation, makeMe, TestProvider } from "../../testing";
import { someParticipants, somePeople } from "../../testing/people";
import { ParticipantsList } from "./ParticipantsList";

const ME = makeMe({ ...somePeople(1)[0], id: 101 });

function show(part: Partial<Conversation> = {}, options: FakeOptions = {}) {
  const group = makeConversation({ id: 7, is_group: true, name: "7Б Математика", ...part });
  const client = createFakeClient({
    me: ME,
    conversations: [group],
    participants: { 7: someParticipants(6) },
    contacts: somePeople(),
    ...options,
  });
  const onClose = vi.fn();
  render(
    <TestProvider client={client}>
      <ParticipantsList conversationId={7} isOpen onClose={onClose} />
    </TestProvider>,
  );
  return { client, onClose, user: userEvent.setup() };
}

const line = async (name: string) => {
  const item = (await screen.findByText(name)).closest("li");
  if (!item) throw new Error(`${name} is in no line`);
  return item;
};

test("each has name and role, and says whether it is a manager and online", async () => {
  show({ can_manage: false });
  const anna = await line("Анна Петрова");
  expect(anna).toHaveTextContent("преподаватель");
  expect(anna).toHaveTextContent("администратор группы");
  expect(anna).toHaveTextContent("это вы");
  expect(within(anna).getAllByText(/в сети/).length).toBeGreaterThan(0);
  expect(await line("Олег Волков")).toHaveTextContent(/был\(а\)/);
  expect(screen.getByText("7Б Математика: 6 участников")).toBeInTheDocument();
});

test("who does not manage the group can neither add nor remove", async () => {
  show({ can_manage: false });
  await line("Анна Петрова");
  expect(screen.queryByRole("button", { name: /Удалить из группы/ })).toBeNull();
  expect(screen.queryByRole("button", { name: "Добавить участников" })).toBeNull();
});

test("a manager removes after a question, and nobody without it", async () => {
  const { client, user } = show({ can_manage: true });
  await user.click(await screen.findByRole("button", { name: "Удалить из группы: Пётр Орлов" }));
  const question = screen.getByRole("alertdialog");
  expect(question).toHaveTextContent("Пётр Орлов больше не увидит новых сообщений группы «7Б Математика».");
  await user.click(within(question).getByRole("button", { name: "Отмена" }));
  expect(client.callsOf("conversations.removeParticipant")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Удалить из группы: Пётр Орлов" }));
  await user.click(screen.getByRole("button", { name: "Удалить" }));
  await waitFor(() => expect(client.callsOf("conversations.removeParticipant")).toEqual([[7, 104]]));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
});

test("nobody is offered to remove oneself", async () => {
  show({ can_manage: true });
  await line("Анна Петрова");
  expect(screen.queryByRole("button", { name: "Удалить из группы: Анна Петрова" })).toBeNull();
});

test("a refusal is said in the question, which stays", async () => {
  const refuse = async () => {
    throw new ApiError(0, "network", "");
  };
  const { user } = show({ can_manage: true }, { actions: { "conversations.removeParticipant": refuse } });
  await user.click(await screen.findByRole("button", { name: "Удалить из группы: Пётр Орлов" }));
  await user.click(screen.getByRole("button", { name: "Удалить" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
  expect(screen.getByRole("alertdialog")).toBeInTheDocument();
});

test("a group of the roster says that its members follow the school, and offers no buttons", async () => {
  show({ can_manage: true, is_managed: true });
  await line("Анна Петрова");
  expect(screen.getByText(/Состав следует спискам школы/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Удалить из группы|Добавить/ })).toBeNull();
});

test("adding offers only who is not in the group yet", async () => {
  const { client, user } = show({ can_manage: true });
  await line("Анна Петрова");
  await user.click(screen.getByRole("button", { name: "Добавить участников" }));
  await user.click(await screen.findByRole("checkbox", { name: /Даша Козлова/ }));
  expect(screen.queryByRole("checkbox", { name: /Пётр Орлов/ })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Добавить" }));
  await waitFor(() => expect(client.callsOf("conversations.addParticipants")).toEqual([[7, [107]]]));
  expect(await screen.findByText("7Б Математика: 6 участников")).toBeInTheDocument();
});

test("the arrows move through all lines, those without a button too", async () => {
  const { user } = show({ can_manage: true });
  const anna = await line("Анна Петрова");
  anna.focus();
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("button", { name: "Удалить из группы: Олег Волков" })).toHaveFocus();
  await user.keyboard("{ArrowUp}");
  expect(anna).toHaveFocus();
});
