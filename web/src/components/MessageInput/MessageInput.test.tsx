import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { useUploads } from "../../hooks";
import type { Participant, PreparedFile } from "../../model/types";
import { beginEdit } from "../../store/drafts";
import { apply } from "../../store/store";
import {
  CLASSMATE,
  createFakeClient,
  type FakeOptions,
  makeDraft,
  makeMe,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ThemeRoot } from "../../ui";
import { MessageInput } from "./MessageInput";

const PEOPLE = [STUDENT, CLASSMATE, TEACHER].map((user) => makeParticipant(user));

interface InputProps {
  onEditLast?: (() => void) | undefined;
  people?: Participant[];
}

function Input({ onEditLast = () => {}, people = PEOPLE }: InputProps) {
  const uploads = useUploads(1);
  return (
    <MessageInput
      conversationId={1}
      people={people}
      meId={STUDENT.id}
      uploads={uploads}
      onEditLast={onEditLast}
    />
  );
}

function show(options: FakeOptions = {}, onEditLast?: () => void, people = PEOPLE) {
  const client = createFakeClient(options);
  const view = (locale: "ru" | "en") => (
    <TestProvider client={client} locale={locale}>
      <ThemeRoot>
        <Input onEditLast={onEditLast} people={people} />
      </ThemeRoot>
    </TestProvider>
  );
  const { rerender, unmount } = render(view("ru"));
  return {
    client,
    user: userEvent.setup(),
    inLanguage: (locale: "ru" | "en") => rerender(view(locale)),
    /** The page is loaded anew, before it is known who is in the conversation. */
    again: (kept: FakeOptions) => {
      unmount();
      return show(kept, onEditLast, []);
    },
  };
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
  file: new Blob(["x"]),
  isCompressing: false,
  ...part,
});

test.each([
  [800, "Напишите сообщение..."],
  [352, "Напишите сообщение..."],
  [320, "Сообщение..."],
])("at %d px the placeholder is “%s”: it has one line", (width, placeholder) => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
  show();
  expect(field()).toHaveAttribute("placeholder", placeholder);
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

  test("what is not taken, because nobody is signed in, stays in the field with its file", async () => {
    const { client, user } = show({
      actions: { "outbox.send": () => false },
      state: { uploads: { 1: [prepared()] } },
    });
    await user.type(field(), "Кому?{Enter}");
    expect(client.callsOf("outbox.send")).toHaveLength(1);
    expect(field()).toHaveValue("Кому?");
    expect(client.callsOf("uploads.clear")).toEqual([]);
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
    const { client } = show({ state: { drafts: { 1: makeDraft({ text: "に" }) } } });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(client.callsOf("outbox.send")).toEqual([]);
  });

  test("what is longer than the server takes cannot be sent, and says by how much", () => {
    show({ state: { drafts: { 1: makeDraft({ text: "я".repeat(10_002) }) } } });
    expect(sendButton()).toBeDisabled();
    expect(screen.getByRole("status")).toHaveTextContent("Лишние 2 символа");
  });

  test("near the limit the characters that are left are counted", () => {
    show({ state: { drafts: { 1: makeDraft({ text: "я".repeat(9_979) }) } } });
    expect(screen.getByRole("status")).toHaveTextContent("Остался 21 символ");
  });
});

describe("files", () => {
  const withFiles = (...files: PreparedFile[]) => ({ state: { uploads: { 1: files } } });

  test("a file alone can be sent; one that was refused stays behind", async () => {
    const good = prepared();
    const { client, user } = show(
      withFiles(good, prepared({ id: "f2", error: { code: "file_empty", name: "f2" } })),
    );
    await user.click(sendButton());
    const [, draft] = client.callsOf("outbox.send")[0] as [number, { files: PreparedFile[] }];
    expect(draft.files).toEqual([good]);
    expect(client.callsOf("uploads.clear")).toHaveLength(1);
  });

  test("while a picture is made smaller nothing is sent, and Enter says why", async () => {
    const { client, user } = show(withFiles(prepared({ isCompressing: true })));
    expect(sendButton()).toBeDisabled();
    await user.type(field(), "Вот{Enter}");
    expect(screen.getByRole("status")).toHaveTextContent("Изображение ещё уменьшается");
    expect(client.callsOf("outbox.send")).toEqual([]);
    act(() => client.store.setState({ uploads: { 1: [prepared()] } }));
    expect(screen.queryByRole("status")).toBeNull();
    await user.keyboard("{Enter}");
    expect(client.callsOf("outbox.send")).toHaveLength(1);
  });

  test("what is wrong with a file is said in the language of now", () => {
    const fault = { code: "file_empty" as const, name: "a.txt" };
    const { inLanguage } = show(withFiles(prepared({ error: fault })));
    expect(screen.getByRole("alert")).toHaveTextContent("Файл пуст.");
    inLanguage("en");
    expect(screen.getByRole("alert")).toHaveTextContent("The file is empty.");
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

  const NAMESAKES = [7, 8].map((id) => makeParticipant({ id, name: "Иван Иванов" }));

  test("namesakes are told apart, and the one who was chosen is mentioned, also after a reload", async () => {
    const { client, user, again } = show({ me: makeMe() }, undefined, NAMESAKES);
    await user.type(field(), "@иван");
    const options = screen.getAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual([
      expect.stringContaining("№ 7"),
      expect.stringContaining("№ 8"),
    ]);
    await user.click(options[1]!);
    await user.keyboard("к доске");
    const { drafts } = client.store.getState();
    const next = again({ state: { drafts: structuredClone(drafts) } });
    await next.user.type(field(), "!{Enter}");
    expect(next.client.callsOf("outbox.send")[0]?.[1]).toMatchObject({
      text: "@Иван Иванов к доске!",
      mentions: [8],
    });
  });

  test("Esc holds for this @ only: the next message that begins with one offers again", async () => {
    const { user } = show();
    await user.type(field(), "@ан{Escape}н");
    expect(screen.queryByRole("listbox")).toBeNull();
    await user.keyboard("{Enter}@");
    expect(screen.getByRole("listbox")).toBeInTheDocument();
  });

  test("Shift+Enter is a new line and chooses nobody", async () => {
    const { client, user } = show();
    await user.type(field(), "@ан{Shift>}{Enter}{/Shift}");
    expect(field()).toHaveValue("@ан\n");
    expect(client.callsOf("outbox.send")).toEqual([]);
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
    const { user } = show({ state: { drafts: { 1: makeDraft({ replyTo: message }) } } });
    expect(screen.getByText("Ответ: Анна Петрова")).toBeInTheDocument();
    expect(screen.getByText("Когда контрольная?")).toBeInTheDocument();
    await user.type(field(), "{Escape}");
    expect(screen.queryByText("Ответ: Анна Петрова")).toBeNull();
  });

  test("the answer carries what it answers", async () => {
    const { client, user } = show({
      state: { drafts: { 1: makeDraft({ replyTo: message }) } },
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

  const editing = () => ({ state: { drafts: { 1: makeDraft({ text: "Когда?", editing: message }) } } });

  test("an edit goes to the message and sends nothing new", async () => {
    const { client, user } = show(editing());
    await user.type(field(), "!{Enter}");
    expect(client.callsOf("conversations.edit")).toEqual([[7, "Когда?!"]]);
    expect(client.callsOf("outbox.send")).toEqual([]);
    expect(await screen.findByRole("button", { name: "Отправить" })).toBeInTheDocument();
  });

  test("Esc gives back what was half-written before", async () => {
    const { client, user } = show();
    await user.type(field(), "Почти готово");
    act(() => apply(client.store, (state) => beginEdit(state, 1, message)));
    expect(field()).toHaveValue(message.text);
    await user.keyboard("{Escape}");
    expect(field()).toHaveValue("Почти готово");
  });

  test("and so does saving", async () => {
    const { client, user } = show();
    await user.type(field(), "Почти готово");
    act(() => apply(client.store, (state) => beginEdit(state, 1, message)));
    await user.keyboard("!{Enter}");
    await waitFor(() => expect(field()).toHaveValue("Почти готово"));
    expect(client.callsOf("conversations.edit")).toHaveLength(1);
  });

  test("while it is saved a second Enter saves nothing, and words that are typed meanwhile stay", async () => {
    let answer = () => {};
    const slow = () => new Promise<void>((resolve) => (answer = resolve));
    const { client, user } = show({ ...editing(), actions: { "conversations.edit": slow } });
    await user.type(field(), "!{Enter}{Enter}");
    expect(screen.getByRole("button", { name: "Сохранить" })).toBeDisabled();
    await user.keyboard(" И где?");
    await act(async () => answer());
    expect(client.callsOf("conversations.edit")).toEqual([[7, "Когда?!"]]);
    expect(field()).toHaveValue("Когда?! И где?");
    await user.keyboard("{Enter}");
    expect(client.callsOf("conversations.edit")[1]).toEqual([7, "Когда?! И где?"]);
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
  act(() => client.store.setState({ drafts: { 1: makeDraft({ text: "Из другой вкладки" }) } }));
  expect(field()).toHaveValue("Из другой вкладки");
});
