import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { ApiError } from "../../services/apiError";
import { createFakeClient, type FakeOptions, makeConversation, TestProvider } from "../../testing";
import { somePeople } from "../../testing/people";
import { ContactsDialog } from "./ContactsDialog";

function show(options: FakeOptions = {}) {
  const client = createFakeClient({ contacts: somePeople(), ...options });
  const onClose = vi.fn();
  const onOpened = vi.fn();
  render(
    <TestProvider client={client}>
      <ContactsDialog isOpen onClose={onClose} onOpened={onOpened} />
    </TestProvider>,
  );
  return { client, onClose, onOpened, user: userEvent.setup() };
}

test("everybody is there with role, and the cursor is in the search field", async () => {
  show();
  expect(await screen.findByRole("button", { name: /Анна Петрова.*преподаватель/ })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /Пётр Орлов.*ученик/ })).toBeInTheDocument();
  expect(screen.getByRole("searchbox", { name: "Поиск по имени" })).toHaveFocus();
});

test("a person without a conversation gets one, and it is opened", async () => {
  const { client, onClose, onOpened, user } = show({
    actions: { "conversations.createDirect": async () => 77 },
  });
  await user.click(await screen.findByRole("button", { name: /Пётр Орлов/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("conversations.createDirect")).toEqual([[104]]);
  expect(client.callsOf("timelines.open")).toEqual([[77]]);
  expect(onOpened).toHaveBeenCalled();
});

test("a conversation that is at hand is opened, not made again", async () => {
  const contacts = somePeople(1).map((one) => ({ ...one, conversation_id: 5 }));
  const { client, onClose, user } = show({ contacts, conversations: [makeConversation({ id: 5 })] });
  await user.click(await screen.findByRole("button", { name: /Анна/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("timelines.open")).toEqual([[5]]);
  expect(client.callsOf("conversations.createDirect")).toEqual([]);
});

test("one that was taken off the list, or is far down in it, is brought back and opened", async () => {
  const contacts = somePeople(1).map((one) => ({ ...one, conversation_id: 5 }));
  const { client, onClose, user } = show({
    contacts,
    actions: { "conversations.createDirect": async () => 5 },
  });
  await user.click(await screen.findByRole("button", { name: /Анна/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("conversations.createDirect")).toEqual([[101]]);
  expect(client.callsOf("timelines.open")).toEqual([[5]]);
});

test("a refusal is said, and the dialog stays", async () => {
  const refuse = async () => {
    throw new ApiError(0, "network", "");
  };
  const { onClose, user } = show({ actions: { "conversations.createDirect": refuse } });
  await user.click(await screen.findByRole("button", { name: /Пётр Орлов/ }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
  expect(onClose).not.toHaveBeenCalled();
});

test("a search narrows the list; nobody found says so", async () => {
  const { user } = show();
  await screen.findByRole("button", { name: /Анна/ });
  await user.type(screen.getByRole("searchbox"), "Орлов");
  await waitFor(() => expect(screen.queryByRole("button", { name: /Анна/ })).toBeNull());
  expect(screen.getByRole("button", { name: /Пётр Орлов/ })).toBeInTheDocument();
  await user.type(screen.getByRole("searchbox"), "ъъ");
  expect(await screen.findByText("Никого не найдено: «Орловъъ»")).toBeInTheDocument();
});

function Closing({ onNewGroup }: { onNewGroup: () => void }) {
  const [isOpen, setOpen] = useState(true);
  return <ContactsDialog isOpen={isOpen} onClose={() => setOpen(false)} onNewGroup={onNewGroup} />;
}

test("a group is offered to who may create one, and comes when this dialog is gone and the focus is back", async () => {
  const user = userEvent.setup();
  const before = document.body.appendChild(document.createElement("button"));
  before.focus();
  const onNewGroup = vi.fn(() => expect(before).toHaveFocus());
  render(
    <TestProvider>
      <Closing onNewGroup={onNewGroup} />
    </TestProvider>,
  );
  await user.click(screen.getByRole("button", { name: "Создать группу" }));
  await waitFor(() => expect(onNewGroup).toHaveBeenCalledTimes(1));
  expect(screen.queryByRole("dialog")).toBeNull();
  before.remove();
});

test("who may not create groups sees no such button", async () => {
  show();
  await screen.findByRole("button", { name: /Анна/ });
  expect(screen.queryByRole("button", { name: "Создать группу" })).toBeNull();
});
