import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { useUploads } from "../../hooks";
import type { PreparedFile } from "../../model/types";
import {
  CLASSMATE,
  createFakeClient,
  type FakeOptions,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ThemeRoot } from "../../ui";
import { MessageInput } from "./MessageInput";

const PEOPLE = [STUDENT, CLASSMATE, TEACHER].map((user) => makeParticipant(user));

function Input({ onEditLast = () => {} }: { onEditLast?: (() => void) | undefined }) {
  const uploads = useUploads(1);
  return (
    <MessageInput
      conversationId={1}
      people={PEOPLE}
      meId={STUDENT.id}
      uploads={uploads}
      onEditLast={onEditLast}
    />
  );
}

function show(options: FakeOptions = {}, onEditLast?: () => void) {
  const client = createFakeClient(options);
  render(
    <TestProvider client={client}>
      <ThemeRoot>
        <Input onEditLast={onEditLast} />
      </ThemeRoot>
    </TestProvider>,
  );
  return { client, user: userEvent.setup() };
}

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Сообщение" });
const sendButton = () => screen.getByRole("button", { name: "Отправить" });

const prepared = (part: Partial<PreparedFile> = {}): PreparedFile => ({
  id: "f1",
  name: "доска.jpg",
  size: 1000,
  kind: "image",
  previewUrl: "blob:http://school.test/1",
  error: null,
  progress: null,
  file: new Blob(["x"]),
  isCompressing: false,
  ...part,
});

describe("sending", () => {
  test("Enter sends, empties the field and leaves the focus in it", async () => {
    const { client, user } = show();
    await user.type(field(), "Здравствуйте!{Enter}");
    expect(client.callsOf("outbox.send")).toEqual([
      [1, { text: "Здравствуйте!", mentions: [], replyTo: null, files: [] }],
    ]);
    expect(field()).toHaveValue("");
    expect(field()).toHaveFocus();
  });

  test("Shift+Enter begins a new line", async () => {
    const { client, user } = show();
    await user.type(field(), "раз{Shift>}{Enter}{/Shift}два");
    expect(field()).toHaveValue("раз\nдва");
    expect(client.callsOf("outbox.send")).toEqual([]);
  });

  test("the button sends too, and the focus stays in the field", async () => {
    const { client, user } = show();
    await user.type(field(), "Да");
    await user.click(sendButton());
    expect(client.callsOf("outbox.send")).toHaveLength(1);
    expect(field()).toHaveFocus();
  });

  test("the button waits for a text or a file; blanks are neither", async () => {
    const { user } = show();
    expect(sendButton()).toBeDisabled();
    await user.type(field(), "   ");
    expect(sendButton()).toBeDisabled();
    await user.type(field(), "а");
    expect(sendButton()).toBeEnabled();
  });

  test("the Enter that ends a word of an input method sends nothing", () => {
    const { client } = show({ state: { drafts: { 1: { text: "に", replyTo: null, editing: null } } } });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(client.callsOf("outbox.send")).toEqual([]);
  });

  test("what is longer than the server takes cannot be sent, and says by how much", () => {
    show({ state: { drafts: { 1: { text: "я".repeat(10_002), replyTo: null, editing: null } } } });
    expect(sendButton()).toBeDisabled();
    expect(screen.getByRole("status")).toHaveTextContent("Лишние 2 символа");
  });

  test("near the limit the characters that are left are counted", () => {
    show({ state: { drafts: { 1: { text: "я".repeat(9_979), replyTo: null, editing: null } } } });
    expect(screen.getByRole("status")).toHaveTextContent("Остался 21 символ");
  });
});

describe("files", () => {
  const withFiles = (...files: PreparedFile[]) => ({ state: { uploads: { 1: files } } });

  test("a file alone can be sent; one that was refused stays behind", async () => {
    const good = prepared();
    const { client, user } = show(withFiles(good, prepared({ id: "f2", error: "Слишком большой." })));
    await user.click(sendButton());
    const [, draft] = client.callsOf("outbox.send")[0] as [number, { files: PreparedFile[] }];
    expect(draft.files).toEqual([good]);
    expect(client.callsOf("uploads.clear")).toHaveLength(1);
  });

  test("while a picture is made smaller nothing is sent", () => {
    show(withFiles(prepared({ isCompressing: true })));
    expect(sendButton()).toBeDisabled();
  });

  test("a picture is pasted as a file; what also comes as text is pasted as text", () => {
    const { client } = show();
    const picture = new File(["x"], "image.png", { type: "image/png" });
    fireEvent.paste(field(), { clipboardData: { files: [picture], types: ["Files"] } });
    expect(client.callsOf("uploads.add")).toEqual([[1, [picture]]]);
    fireEvent.paste(field(), { clipboardData: { files: [picture], types: ["Files", "text/plain"] } });
    expect(client.callsOf("uploads.add")).toHaveLength(1);
  });
});

describe("typing", () => {
  test("is told, and ends when the message goes", async () => {
    const { client, user } = show();
    await user.type(field(), "Да{Enter}");
    expect(client.callsOf("typing.notify")).toEqual([
      [1, true],
      [1, true],
      [1, false],
    ]);
  });
});

describe("mentions", () => {
  test("an @ opens the list, teachers first; arrows and Enter choose, and the message carries who", async () => {
    const { client, user } = show();
    await user.type(field(), "@");
    const list = screen.getByRole("listbox", { name: "Кого упомянуть" });
    expect(
      within(list)
        .getAllByRole("option")
        .map((option) => option.textContent),
    ).toEqual([expect.stringContaining("Анна Петрова"), expect.stringContaining("Алёна Ёлкина")]);
    await user.keyboard("{ArrowDown}{Enter}");
    expect(field()).toHaveValue("@Алёна Ёлкина ");
    expect(screen.queryByRole("listbox")).toBeNull();
    await user.keyboard("привет{Enter}");
    const [, draft] = client.callsOf("outbox.send")[0] as [number, { text: string; mentions: number[] }];
    expect(draft).toMatchObject({ text: "@Алёна Ёлкина привет", mentions: [CLASSMATE.id] });
  });

  test("the field names the active one, so that it is read out", async () => {
    const { user } = show();
    await user.type(field(), "@");
    const named = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "");
    expect(named()).toHaveTextContent("Анна Петрова");
    await user.keyboard("{ArrowUp}");
    expect(named()).toHaveTextContent("Алёна Ёлкина");
  });

  test("е finds ё, and a click chooses too", async () => {
    const { user } = show();
    await user.type(field(), "@елк");
    await user.click(screen.getByRole("option", { name: /Алёна/ }));
    expect(field()).toHaveValue("@Алёна Ёлкина ");
    expect(field()).toHaveFocus();
  });

  test("Esc closes the list and keeps what was typed", async () => {
    const { user } = show();
    await user.type(field(), "@ан{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(field()).toHaveValue("@ан");
  });
});

describe("replying and editing", () => {
  const message = makeMessage({ id: 7, text: "**Когда** контрольная?", sender: TEACHER });

  test("the bar says whom one answers, without marks; Esc takes it away", async () => {
    const { user } = show({ state: { drafts: { 1: { text: "", replyTo: message, editing: null } } } });
    expect(screen.getByText("Ответ: Анна Петрова")).toBeInTheDocument();
    expect(screen.getByText("Когда контрольная?")).toBeInTheDocument();
    await user.type(field(), "{Escape}");
    expect(screen.queryByText("Ответ: Анна Петрова")).toBeNull();
  });

  test("the answer carries what it answers", async () => {
    const { client, user } = show({
      state: { drafts: { 1: { text: "", replyTo: message, editing: null } } },
    });
    await user.type(field(), "В среду{Enter}");
    expect(client.callsOf("outbox.send")[0]?.[1]).toMatchObject({ replyTo: message });
  });

  test("Up in an empty field edits my last message; in a text it is an arrow", async () => {
    const onEditLast = vi.fn();
    const { user } = show({}, onEditLast);
    await user.type(field(), "{ArrowUp}");
    expect(onEditLast).toHaveBeenCalledOnce();
    await user.type(field(), "а{ArrowUp}");
    expect(onEditLast).toHaveBeenCalledOnce();
  });

  const editing = () => ({ state: { drafts: { 1: { text: "Когда?", replyTo: null, editing: message } } } });

  test("an edit goes to the message and sends nothing new", async () => {
    const { client, user } = show(editing());
    await user.type(field(), "!{Enter}");
    expect(client.callsOf("conversations.edit")).toEqual([[7, "Когда?!"]]);
    expect(client.callsOf("outbox.send")).toEqual([]);
    expect(await screen.findByRole("button", { name: "Отправить" })).toBeInTheDocument();
  });

  test("an edit that was refused says so and keeps the words", async () => {
    const { user } = show({
      ...editing(),
      actions: { "conversations.edit": () => Promise.reject(new Error("no")) },
    });
    await user.type(field(), "!{Enter}");
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    expect(field()).toHaveValue("Когда?!");
  });
});

test("what is written is a draft and is there again", async () => {
  const { client, user } = show();
  await user.type(field(), "Почти");
  expect(client.store.getState().drafts[1]?.text).toBe("Почти");
  act(() =>
    client.store.setState({ drafts: { 1: { text: "Из другой вкладки", replyTo: null, editing: null } } }),
  );
  expect(field()).toHaveValue("Из другой вкладки");
});
