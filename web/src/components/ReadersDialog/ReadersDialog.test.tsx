import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { networkError } from "../../services/apiError";
import {
  CLASSMATE,
  createFakeClient,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ThemeRoot } from "../../ui";
import { ReadersDialog } from "./ReadersDialog";

const message = makeMessage({ id: 50, sender: TEACHER });

function show(readUpTo: Record<number, number>, isThere = () => true) {
  const participants = [TEACHER, STUDENT, CLASSMATE].map((user) =>
    makeParticipant({ ...user, last_read_message_id: readUpTo[user.id] ?? null }),
  );
  const client = createFakeClient({ participants: { 1: participants } });
  const { getParticipants } = client.api;
  const ask: typeof getParticipants = async (...args) => {
    if (!isThere()) throw networkError();
    return getParticipants(...args);
  };
  Object.assign(client.api, { getParticipants: ask });
  render(
    <TestProvider client={client}>
      <ThemeRoot>
        <ReadersDialog message={message} onClose={vi.fn()} />
      </ThemeRoot>
    </TestProvider>,
  );
}

const part = async (title: RegExp) => (await screen.findByRole("heading", { name: title })).parentElement!;

test("who has read up to the message or beyond stands apart from who has not; the sender in neither", async () => {
  show({ [STUDENT.id]: 50, [CLASSMATE.id]: 49, [TEACHER.id]: 99 });
  expect(within(await part(/^Прочитали: 1/)).getByText("Иван Иванов")).toBeInTheDocument();
  expect(within(await part(/^Ещё не прочитали: 1/)).getByText("Алёна Ёлкина")).toBeInTheDocument();
  expect(screen.queryByText("Анна Петрова")).toBeNull();
});

test("nobody yet is said in words", async () => {
  show({});
  expect(within(await part(/^Прочитали: 0/)).getByText("Пока никто")).toBeInTheDocument();
});

test("without a network it says that it does not know, never that nobody has; another try finds out", async () => {
  let isThere = false;
  show({ [STUDENT.id]: 50 }, () => isThere);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Нет связи с сервером.");
  expect(screen.queryByText(/Прочитали/)).toBeNull();
  isThere = true;
  await userEvent.click(within(alert).getByRole("button", { name: "Повторить" }));
  expect(within(await part(/^Прочитали: 1/)).getByText("Иван Иванов")).toBeInTheDocument();
});
