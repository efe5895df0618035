import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import type { Conversation, Message } from "../../model/types";
import { ApiError, networkError } from "../../services/apiError";
import { putMessage } from "../../store/messages";
import { EMPTY_TIMELINE, type Timeline } from "../../store/state";
import { apply } from "../../store/store";
import { changeTimeline } from "../../store/timelines";
import {
  CLASSMATE,
  createFakeClient,
  type FakeOptions,
  makeConversation,
  makeFile,
  makeMe,
  makeMessage,
  makeParticipant,
  makeUser,
  minutesBefore,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ThemeRoot } from "../../ui";
import { ChatNotifications } from "../ChatNotifications/ChatNotifications";
import { ChatWindow } from "./ChatWindow";

const ONE = makeMessage({ id: 10, text: "Здравствуйте!", sender: STUDENT });
const TWO = makeMessage({ id: 11, text: "Добрый день", sender: TEACHER });
const GROUP: Partial<Conversation> = { is_group: true, name: "7Б Математика", participants_count: 8 };

function show(
  conversation: Partial<Conversation> = {},
  messages: Message[] = [ONE, TWO],
  options: FakeOptions = {},
) {
  const client = createFakeClient({
    conversations: [makeConversation({ id: 1, ...conversation })],
    messages: { 1: messages },
    participants: { 1: [TEACHER, STUDENT, CLASSMATE].map((user) => makeParticipant(user)) },
    ...options,
  });
  const { container } = render(
    <TestProvider client={client}>
      <ThemeRoot>
        <ChatWindow conversationId={1} />
      </ThemeRoot>
    </TestProvider>,
  );
  return { client, container, user: userEvent.setup() };
}

const timeline = (part: Partial<Timeline>): FakeOptions => ({
  state: { timelines: { 1: { ...EMPTY_TIMELINE, messages: [ONE, TWO], status: "ready", ...part } } },
});
const choose = async (user: ReturnType<typeof userEvent.setup>, name: string) => {
  await user.click(screen.getByRole("button", { name: "Меню чата" }));
  await user.click(await screen.findByRole("menuitem", { name }));
};
const put = (client: ReturnType<typeof createFakeClient>, message: Message) =>
  apply(client.store, (state) =>
    changeTimeline(state, 1, (before) => ({ ...before, messages: putMessage(before.messages, message) })),
  );
const article = (text: RegExp) => screen.getByRole("article", { name: text });

describe("a conversation that a teacher has blocked", () => {
  const blocked = { is_blocked: true };

  test("says so to the teacher, who can take it back", async () => {
    const { user } = show(blocked, [], { me: makeMe() });
    expect(screen.getByText("Собеседник может читать этот чат, но не писать.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Разблокировать" }));
    expect(screen.getByRole("alertdialog", { name: /Разблокировать/ })).toBeInTheDocument();
  });

  test("says nothing of it where nothing is blocked", () => {
    show({}, [], { me: makeMe() });
    expect(screen.queryByText(/но не писать/)).toBeNull();
  });
});

describe("the header", () => {
  test("of a direct conversation: avatar, name, role, and that they are there", () => {
    const { container } = show();
    const header = container.querySelector("header")!;
    expect(header).toHaveTextContent("ИИ");
    expect(within(header).getByRole("heading", { name: "Иван Иванов" })).toBeInTheDocument();
    expect(header).toHaveTextContent("ученик");
    expect(header).toHaveTextContent("онлайн");
    expect(within(header).queryByRole("button", { name: "Участники" })).toBeNull();
  });

  test("says when somebody was there last", () => {
    const last_seen = minutesBefore(5.5, new Date().toISOString()); // the clock may be a quarter of a minute behind
    show({ participant: makeUser({ is_online: false, last_seen }) });
    expect(screen.getByText("был(а) 5 мин назад")).toBeInTheDocument();
  });

  test.each([
    [1, "1 участник"],
    [3, "3 участника"],
    [8, "8 участников"],
    [22, "22 участника"],
  ])("of a group with %i: «%s»", (participants_count, words) => {
    show({ ...GROUP, participants_count });
    expect(screen.getByText(words)).toBeInTheDocument();
  });

  test("of a group opens the list of participants", async () => {
    const { user } = show(GROUP);
    await user.click(screen.getByRole("button", { name: "Участники" }));
    expect(await screen.findByRole("dialog", { name: /Участники/ })).toHaveTextContent("Алёна Ёлкина");
  });
});

describe("the menu", () => {
  test("clears the history only after a question", async () => {
    const { client, user } = show();
    await choose(user, "Очистить историю");
    const question = await screen.findByRole("alertdialog", { name: "Очистить историю?" });
    expect(client.callsOf("conversations.clear")).toEqual([]);
    await user.click(within(question).getByRole("button", { name: "Очистить" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    expect(client.callsOf("conversations.clear")).toEqual([[1]]);
  });

  test("a question can be taken back", async () => {
    const { client, user } = show();
    await choose(user, "Очистить историю");
    await user.click(await screen.findByRole("button", { name: "Отмена" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    expect(client.callsOf("conversations.clear")).toEqual([]);
  });

  test("blocks for the time that is chosen", async () => {
    const { client, user } = show();
    await choose(user, "Заблокировать");
    const before = Date.now();
    await user.click(await screen.findByRole("radio", { name: "На день" }));
    await user.click(screen.getByRole("button", { name: "Заблокировать" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const [id, until] = client.callsOf("conversations.block")[0] as [number, string];
    expect(id).toBe(1);
    const hours = (Date.parse(until) - before) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(24);
    expect(hours).toBeLessThan(24.1);
  });

  test("unblocks who is blocked", async () => {
    const { client, user } = show({ is_blocked: true });
    await choose(user, "Разблокировать");
    await user.click(await screen.findByRole("button", { name: "Разблокировать" }));
    await waitFor(() => expect(client.callsOf("conversations.unblock")).toEqual([[1]]));
  });

  test("mutes at once", async () => {
    const { client, user } = show();
    await choose(user, "Отключить уведомления");
    expect(client.callsOf("conversations.setMuted")).toEqual([[1, true]]);
  });

  test("renames a group; an empty name is none", async () => {
    const { client, user } = show(GROUP);
    await choose(user, "Изменить название");
    const field = await screen.findByRole("textbox", { name: "Название группы" });
    await user.clear(field);
    expect(screen.getByRole("button", { name: "Сохранить" })).toBeDisabled();
    await user.type(field, "8Б Математика{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(client.callsOf("conversations.rename")).toEqual([[1, "8Б Математика"]]);
  });

  test("says why it did not work, and stays", async () => {
    const { user } = show(GROUP, [ONE], {
      actions: { "conversations.leaveOrArchive": () => Promise.reject(new Error("no")) },
    });
    await choose(user, "В архив");
    const question = await screen.findByRole("alertdialog");
    await user.click(within(question).getByRole("button", { name: "В архив" }));
    expect(await within(question).findByRole("alert")).toBeInTheDocument();
  });
});

describe("the messages", () => {
  test("are a log that does not read out what scrolling draws", () => {
    show();
    const log = screen.getByRole("log", { name: "Сообщения" });
    expect(log).toHaveAttribute("aria-live", "off");
    expect(within(log).getAllByRole("article")).toHaveLength(2);
  });

  test("mine and theirs are told apart", () => {
    show();
    expect(article(/Добрый день/)).toHaveAttribute("data-mine", "true");
    expect(article(/Здравствуйте/)).toHaveAttribute("data-mine", "false");
  });

  test("stand under their days", () => {
    show({}, [
      makeMessage({ created_at: "2025-10-21T08:00:00Z" }),
      makeMessage({ created_at: new Date().toISOString() }),
    ]);
    const days = [...screen.getByRole("log").querySelectorAll("[data-day]")].map((day) => day.textContent);
    expect(days).toEqual(["21.10.2025", "Сегодня"]);
  });

  test("the divider stands before the first unread one", () => {
    show({}, [], timeline({ firstUnreadId: TWO.id }));
    const log = screen.getByRole("log");
    expect(log).toHaveTextContent(/Здравствуйте!.*Новые сообщения.*Добрый день/);
  });

  test("while there is more above, no date is the first row: it would stay on top when more comes", () => {
    show({}, [], timeline({ hasOlder: true }));
    expect(screen.getByRole("log").querySelector("[data-day]")).toBeNull();
  });

  test("what others write while one is here is said politely; what was there before and what I write is not", () => {
    const { client, container } = show(GROUP);
    const announcer = container.querySelector("[aria-live=polite]");
    expect(announcer).toBeEmptyDOMElement();
    const add = (...messages: Message[]) =>
      act(() =>
        client.store.setState(({ timelines }) => ({
          timelines: { 1: { ...timelines[1]!, messages: [...timelines[1]!.messages, ...messages] } },
        })),
      );
    add(makeMessage({ id: 20, text: "моё", sender: TEACHER }));
    expect(announcer).toBeEmptyDOMElement();
    add(makeMessage({ id: 21, text: "**Можно** вопрос?", sender: CLASSMATE }));
    expect(announcer).toHaveTextContent("Алёна Ёлкина: Можно вопрос?");
    add(...[22, 23, 24, 25, 26].map((id) => makeMessage({ id })));
    expect(announcer).toHaveTextContent("5 новых сообщений");
  });

  test("of the same words twice each is read out, once", () => {
    const { client, container } = show(GROUP);
    const announcer = container.querySelector("[aria-live=polite]")!;
    const seen: string[] = [];
    const observer = new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) seen.push(node.textContent ?? "");
    });
    observer.observe(announcer, { childList: true });
    const add = (id: number) => act(() => put(client, makeMessage({ id, text: "Да" })));
    add(21);
    add(22);
    act(() => client.store.setState({ presence: {} }));
    for (const { addedNodes } of observer.takeRecords())
      for (const node of addedNodes) seen.push(node.textContent ?? "");
    expect(seen).toEqual(["Иван Иванов: Да", "Иван Иванов: Да"]);
  });

  test("the first message of an empty chat is read out, too", () => {
    const { client, container } = show(GROUP, []);
    act(() => put(client, makeMessage({ id: 21, text: "Начнём" })));
    expect(container.querySelector("[aria-live=polite]")).toHaveTextContent("Иван Иванов: Начнём");
  });

  test("that a message did not go out is read out when it happens, not when it is seen again", () => {
    const failed = makeMessage({ id: 12, sender: TEACHER, status: "failed", error: "network" });
    const { client, container } = show(GROUP, [failed]);
    const announcer = container.querySelector("[aria-live=polite]");
    expect(announcer).toBeEmptyDOMElement();
    const next = { ...failed, id: 13, text: "Завтра" };
    act(() => put(client, next));
    expect(announcer).toHaveTextContent("Не отправлено. Нет связи с сервером. Завтра");
  });

  test("arrows go from message to message, Home and End to the first and the last", async () => {
    const { user } = show({}, [ONE, TWO, makeMessage({ id: 12, text: "третье" })]);
    act(() => article(/третье/).focus());
    await user.keyboard("{ArrowUp}");
    expect(article(/Добрый день/)).toHaveFocus();
    await user.keyboard("{Home}");
    expect(article(/Здравствуйте/)).toHaveFocus();
    await user.keyboard("{End}");
    expect(article(/третье/)).toHaveFocus();
    expect(screen.getAllByRole("article").filter((one) => one.tabIndex === 0)).toHaveLength(1);
  });

  test("Up on the first one asks for more", async () => {
    const { client, user } = show({}, [], timeline({ hasOlder: true }));
    act(() => article(/Здравствуйте/).focus());
    await waitFor(() => expect(client.callsOf("timelines.loadOlder").length).toBeGreaterThan(0)); // by itself, near the top
    const before = client.callsOf("timelines.loadOlder").length;
    await user.keyboard("{ArrowUp}");
    expect(client.callsOf("timelines.loadOlder").length).toBe(before + 1);
  });

  test("a letter typed on a message goes to the field, Esc goes there too", async () => {
    const { user } = show();
    act(() => article(/Здравствуйте/).focus());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Сообщение" })).toHaveFocus());
  });
});

test("what is pasted is the field's alone: the window takes neither its files once more nor the text beside them", () => {
  const { client } = show();
  const file = new File(["x"], "таблица.png", { type: "image/png" });
  const clipboardData = {
    files: [file],
    items: [{ kind: "file", getAsFile: () => file }],
    types: ["text/plain", "Files"],
  };
  const isLeftToTheBrowser = fireEvent.paste(screen.getByRole("textbox", { name: "Сообщение" }), {
    clipboardData,
  });
  expect(isLeftToTheBrowser).toBe(true);
  expect(client.callsOf("uploads.add")).toEqual([]);
});

describe("with a message one can", () => {
  test("answer it: the field has the focus and the bar its name", async () => {
    show();
    act(() => article(/Здравствуйте/).focus());
    fireEvent.click(screen.getByRole("button", { name: "Ответить" }));
    expect(screen.getByText("Ответ: Иван Иванов")).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Сообщение" })).toHaveFocus());
  });

  test("delete it, after a question", async () => {
    const { client, user } = show();
    fireEvent.contextMenu(article(/Добрый день/));
    await user.click(await screen.findByRole("menuitem", { name: "Удалить" }));
    const question = await screen.findByRole("alertdialog");
    expect(client.callsOf("conversations.remove")).toEqual([]);
    await user.click(within(question).getByRole("button", { name: "Удалить" }));
    await waitFor(() => expect(client.callsOf("conversations.remove")).toEqual([[TWO.id]]));
  });

  test("the focus stays with the message whose deletion was asked about", async () => {
    const remove = async () => put(client, { ...TWO, is_deleted: true, text: "", rev: TWO.rev + 1 });
    const { client, user } = show({}, [ONE, TWO], { actions: { "conversations.remove": remove } });
    act(() => article(/Добрый день/).focus());
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("menuitem", { name: "Удалить" }));
    await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Удалить" }));
    await waitFor(() => expect(article(/Сообщение удалено/)).toHaveFocus());
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  test("edit the last of one's own with Up", async () => {
    const recent = { ...TWO, created_at: new Date().toISOString() };
    const { user } = show({}, [recent, { ...ONE, id: 12 }]);
    await user.type(screen.getByRole("textbox", { name: "Сообщение" }), "{ArrowUp}");
    expect(screen.getByRole("textbox", { name: "Сообщение" })).toHaveValue("Добрый день");
    expect(screen.getByText("Изменение сообщения")).toBeInTheDocument();
  });

  test("see who of a group has read it", async () => {
    const { user } = show(GROUP);
    fireEvent.contextMenu(article(/Добрый день/));
    await user.click(await screen.findByRole("menuitem", { name: "Кто прочитал" }));
    expect(await screen.findByRole("dialog", { name: "Кто прочитал" })).toBeInTheDocument();
  });

  test("send it again when it failed", async () => {
    const failed = makeMessage({ id: 12, sender: TEACHER, status: "failed", client_id: "c12" });
    const { client, user } = show({}, [failed]);
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    expect(client.callsOf("outbox.retry")).toEqual([["c12"]]);
  });

  test("open a picture in full size", async () => {
    const picture = makeMessage({ id: 13, file: makeFile() });
    const { user } = show({}, [picture]);
    await user.click(screen.getByRole("button", { name: /Открыть изображение/ }));
    expect(await screen.findByRole("button", { name: "Закрыть" }, { timeout: 5000 })).toBeInTheDocument();
  });

  test("go to the one that it answers", async () => {
    const reply = makeMessage({ id: 14, reply_to: { id: 3, sender_name: "Иван Иванов", text: "Когда?" } });
    const { client, user } = show({}, [reply]);
    await user.click(screen.getByRole("button", { name: /Когда\?/ }));
    expect(client.callsOf("timelines.jumpTo")).toEqual([[1, 3]]);
  });
});

describe("what is refused is said in words", () => {
  const refuse = async () => {
    throw networkError();
  };
  const showRefusing = (action: string, messages?: Message[]) => {
    const shown = show({}, messages, { actions: { [action]: refuse } });
    render(
      <TestProvider client={shown.client}>
        <ChatNotifications />
      </TestProvider>,
    );
    return shown;
  };
  const said = () => screen.findByText("Нет связи с сервером.");

  test("muting", async () => {
    const { user } = showRefusing("conversations.setMuted");
    await choose(user, "Отключить уведомления");
    expect(await said()).toBeInTheDocument();
  });

  test("the way to a message that is answered and not loaded", async () => {
    const reply = makeMessage({ id: 14, reply_to: { id: 3, sender_name: "Иван Иванов", text: "Когда?" } });
    const { user } = showRefusing("timelines.jumpTo", [reply]);
    await user.click(screen.getByRole("button", { name: /Когда\?/ }));
    expect(await said()).toBeInTheDocument();
  });

  test.each([
    ["Повторить", "outbox.retry"],
    ["Удалить", "outbox.discard"],
  ])("«%s» on a message that was not delivered", async (name, action) => {
    const failed = makeMessage({ id: 12, sender: TEACHER, status: "failed", client_id: "c12" });
    const { user } = showRefusing(action, [failed]);
    await user.click(screen.getByRole("button", { name }));
    expect(await said()).toBeInTheDocument();
  });

  test("copying; and that it is done is said as well", async () => {
    const { user } = showRefusing("nothing");
    const copy = async () => {
      fireEvent.contextMenu(article(/Здравствуйте/));
      await user.click(await screen.findByRole("menuitem", { name: "Копировать текст" }));
    };
    const writeText = vi.spyOn(navigator.clipboard, "writeText");
    await copy();
    expect(await screen.findByText("Скопировано")).toBeInTheDocument();
    expect(writeText).toHaveBeenCalledWith("Здравствуйте!");
    writeText.mockRejectedValue(new DOMException("no", "NotAllowedError"));
    Object.assign(document, { execCommand: () => false });
    await copy();
    expect(await screen.findByText("Браузер не разрешил скопировать.")).toBeInTheDocument();
    Reflect.deleteProperty(document, "execCommand");
  });
});

describe("files", () => {
  const held = (...files: File[]) => ({
    dataTransfer: {
      files,
      items: files.map((file) => ({ kind: "file", getAsFile: () => file })),
      types: ["Files"],
    },
  });
  const picture = new File(["x"], "доска.png", { type: "image/png" });

  test("are dropped anywhere on the conversation, which says so", async () => {
    const { client } = show();
    const region = screen.getByRole("region", { name: "Иван Иванов" });
    fireEvent.dragEnter(region, held(picture));
    expect(await screen.findByText("Перетащите файлы сюда")).toBeInTheDocument();
    fireEvent.drop(region, held(picture));
    await waitFor(() => expect(client.callsOf("uploads.add")).toEqual([[1, [picture]]]));
    expect(screen.queryByText("Перетащите файлы сюда")).toBeNull();
  });

  test("are not taken where one cannot write", async () => {
    const { client } = show({ can_write: false, cannot_write_reason: "archived" });
    fireEvent.drop(screen.getByRole("region", { name: "Иван Иванов" }), held(picture));
    await act(() => Promise.resolve());
    expect(client.callsOf("uploads.add")).toEqual([]);
  });
});

describe("a conversation that is not among those that are loaded", () => {
  const unknown = (part: Partial<Timeline>, onBack?: () => void) => {
    const client = createFakeClient({
      state: { activeId: 7, timelines: { 7: { ...EMPTY_TIMELINE, ...part } } },
    });
    render(
      <TestProvider client={client}>
        <ThemeRoot>
          <ChatWindow conversationId={7} onBack={onBack} />
        </ThemeRoot>
      </TestProvider>,
    );
    return { client, user: userEvent.setup() };
  };
  const back = () => screen.getByRole("button", { name: "К списку чатов" });

  test("is asked for; the way back is there meanwhile", async () => {
    const onBack = vi.fn();
    const { client, user } = unknown({ status: "loading" }, onBack);
    expect(client.callsOf("timelines.ensure")).toEqual([[7]]);
    expect(screen.getByRole("status", { name: "Сообщения загружаются" })).toBeInTheDocument();
    await user.click(back());
    expect(onBack).toHaveBeenCalledTimes(1);
  });

  test("is said not to be there, or not for me, with a way back", async () => {
    const error = new ApiError(404, "not_found", "Not found.");
    const { client, user } = unknown({ status: "error", error });
    expect(screen.getByRole("alert")).toHaveTextContent("Такого чата нет");
    expect(screen.queryByRole("button", { name: "Повторить" })).toBeNull();
    await user.click(back());
    expect(client.callsOf("timelines.open")).toEqual([[null]]);
  });

  test("is asked for again when the network was not there", async () => {
    const { client, user } = unknown({ status: "error", error: networkError() });
    expect(screen.getByRole("alert")).toHaveTextContent("Нет связи с сервером.");
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    expect(client.callsOf("timelines.retry")).toEqual([[7]]);
  });
});

describe("instead of the messages", () => {
  test("their shapes while they load", () => {
    show({}, [], timeline({ messages: [], status: "loading" }));
    expect(screen.getByRole("status", { name: "Сообщения загружаются" })).toBeInTheDocument();
  });

  test("a hint where there are none yet", () => {
    show({}, []);
    expect(screen.getByText("Сообщений пока нет")).toBeInTheDocument();
  });

  test("the fault, and another try", async () => {
    const { client, user } = show({}, [], timeline({ messages: [], status: "error", error: new Error("x") }));
    await user.click(screen.getByRole("button", { name: "Повторить" }));
    expect(client.callsOf("timelines.retry")).toEqual([[1]]);
  });
});

test("where one cannot write, why not stands in place of the field", () => {
  show({ can_write: false, cannot_write_reason: "no_shared_group" });
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.getByText(/нет общей группы/)).toBeInTheDocument();
});

test("who is typing is said above the field", () => {
  show(GROUP, [ONE], {
    state: {
      typing: { 1: [{ userId: CLASSMATE.id, name: CLASSMATE.first_name, until: Date.now() + 5000 }] },
    },
  });
  expect(screen.getByText("Алёна").parentElement).toHaveTextContent("Алёна печатает…");
});

test("a student is not offered to block", async () => {
  const me = makeMe({ ...STUDENT, permissions: { ...makeMe().permissions, can_block: false } });
  const { user } = show({ participant: TEACHER }, [ONE], { me });
  await user.click(screen.getByRole("button", { name: "Меню чата" }));
  expect(await screen.findByRole("menuitem", { name: "Очистить историю" })).toBeInTheDocument();
  expect(screen.queryByRole("menuitem", { name: "Заблокировать" })).toBeNull();
});

test("a message that cannot be drawn leaves its place to a sentence, and the others stay", () => {
  const reported = vi.spyOn(console, "error").mockImplementation(() => undefined);
  show({}, [ONE, { ...TWO, reactions: null as unknown as Message["reactions"] }]);
  expect(screen.getByText("Здравствуйте!")).toBeInTheDocument();
  expect(screen.getByText("Это сообщение не удалось показать.")).toBeInTheDocument();
  expect(reported.mock.calls.flat()).toContainEqual(expect.any(TypeError));
});
