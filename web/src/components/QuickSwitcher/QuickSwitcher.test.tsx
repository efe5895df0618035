import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { createFakeClient, makeConversation, TestProvider } from "../../testing";
import { somePeople } from "../../testing/people";
import { candidates } from "./candidates";
import { QuickSwitcher } from "./QuickSwitcher";

const PEOPLE = somePeople();
const DIRECTS = PEOPLE.slice(0, 3).map((participant, index) =>
  makeConversation({ id: index + 1, participant }),
);
const CONTACTS = PEOPLE.map((one, index) => ({ ...one, conversation_id: index < 3 ? index + 1 : null }));

function show() {
  const client = createFakeClient({ conversations: DIRECTS, contacts: CONTACTS });
  const onClose = vi.fn();
  render(
    <TestProvider client={client}>
      <QuickSwitcher isOpen onClose={onClose} />
    </TestProvider>,
  );
  return { client, onClose, user: userEvent.setup() };
}

const chosen = () => screen.getByRole("option", { selected: true });

test("a few letters and Enter open the conversation", async () => {
  const { client, onClose, user } = show();
  expect(screen.getByRole("combobox")).toHaveFocus();
  await user.keyboard("волк{Enter}");
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("timelines.open")).toEqual([[2]]);
});

test("a person without a conversation is found too, and gets one", async () => {
  const { client, onClose, user } = show();
  await user.keyboard("Орлов");
  expect(await screen.findByRole("option", { name: /Пётр Орлов.*начать чат/ })).toBeInTheDocument();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("conversations.createDirect")).toEqual([[104]]);
});

test("what is in the archive comes after what is alive", () => {
  const group = (id: number, name: string, is_archived: boolean) =>
    makeConversation({ id, name, is_group: true, is_archived });
  const found = candidates([group(1, "6Б Физика", true), group(2, "7Б Физика", false)], [], "физ", null);
  expect(found.map((one) => one.id)).toEqual([2, 1]);
});

test("the arrows move the choice round while the cursor stays in the field", async () => {
  const { user } = show();
  const field = screen.getByRole("combobox");
  const first = chosen().id;
  await user.keyboard("{ArrowUp}");
  expect(chosen().id).not.toBe(first);
  expect(field).toHaveAttribute("aria-activedescendant", chosen().id);
  await user.keyboard("{ArrowDown}");
  expect(chosen().id).toBe(first);
  expect(field).toHaveFocus();
});

test("the Enter that ends a word of an input method opens nothing, and its arrows move nothing", () => {
  const { client } = show();
  const first = chosen().id;
  const field = screen.getByRole("combobox");
  fireEvent.keyDown(field, { key: "ArrowDown", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(chosen().id).toBe(first);
  expect(client.callsOf("timelines.open")).toEqual([]);
});

test("Esc closes it and nothing is opened", async () => {
  const { client, onClose, user } = show();
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalled();
  expect(client.callsOf("timelines.open")).toEqual([]);
});

describe("who is offered", () => {
  test("without a search: the last conversations, not the one that is open nor the archive", () => {
    const archived = makeConversation({ id: 9, is_archived: true, is_group: true });
    expect(candidates([...DIRECTS, archived], CONTACTS, "", 1).map((one) => one.key)).toEqual(["c2", "c3"]);
  });

  test("nobody twice: who has a conversation is in it", () => {
    const found = candidates(DIRECTS, CONTACTS, "Волков", null);
    expect(found.map((one) => one.key)).toEqual(["c2"]);
  });

  test("«е» finds «ё»", () => {
    expect(candidates([], CONTACTS, "федорова", null).map((one) => one.key)).toEqual(["p111"]);
  });
});
