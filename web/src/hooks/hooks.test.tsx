import { act, render, renderHook, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { beforeEach, expect, test, vi } from "vitest";
import { ChatProvider, useChatClient } from "../context/ChatContext";
import { ApiError, networkError } from "../services/apiError";
import { EMPTY_TIMELINE, listKey } from "../store/state";
import {
  CLASSMATE,
  createFakeClient,
  type FakeClient,
  type FakeOptions,
  makeConversation,
  makeDraft,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../testing";
import * as hooks from "./index";

let client: FakeClient;

function show<Answer>(use: () => Answer, options: FakeOptions & { locale?: "ru" | "en" } = {}) {
  const { locale = "ru", ...rest } = options;
  client = createFakeClient(rest);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <TestProvider client={client} locale={locale}>
      {children}
    </TestProvider>
  );
  return renderHook(use, { wrapper });
}

const group = makeConversation({
  id: 2,
  is_group: true,
  name: "9 класс",
  unread_count: 3,
  updated_at: "2025-11-14T09:00:00.000Z",
});
const direct = makeConversation({ id: 1, updated_at: "2025-11-14T10:00:00.000Z" });

beforeEach(() => {
  vi.useRealTimers();
});

test("Without a provider a hook says what is missing", () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  expect(() => renderHook(() => hooks.useMe())).toThrow("<ChatProvider>");
});

test("useConversations asks for its list, and gives what filter and search leave, with drafts", () => {
  const { result } = show(() => hooks.useConversations("all", ""), {
    conversations: [group, direct],
    state: { drafts: { 1: makeDraft({ text: "Начато" }) } },
  });
  expect(result.current.items.map((one) => one.id)).toEqual([1, 2]);
  expect(result.current).toMatchObject({
    isLoading: false,
    hasMore: false,
    error: null,
    drafts: { 1: "Начато" },
  });
  expect(client.callsOf("lists.load")).toEqual([[listKey("all", "")]]);
  act(() => result.current.loadMore());
  expect(client.callsOf("lists.loadMore")).toEqual([[listKey("all", "")]]);
});

test("useConversations says in words why a page did not come", () => {
  const failed = { nextPage: 1, isLoading: false, error: networkError(), found: new Set<number>() };
  const { result } = show(() => hooks.useConversations("all", ""), {
    state: { lists: { [listKey("all", "")]: failed } },
  });
  expect(result.current).toMatchObject({ error: "Нет связи с сервером.", isLoading: false });
});

test("useUnreadCount follows every change", () => {
  const { result } = show(() => hooks.useUnreadCount(), { conversations: [group, direct] });
  expect(result.current).toBe(3);
  act(() => client.store.setState({ conversations: { 2: { ...group, unread_count: 4 } } }));
  expect(result.current).toBe(4);
});

test("useActiveConversation and useConversation", () => {
  const { result } = show(
    () => {
      const active = hooks.useActiveConversation();
      return { ...active, conversation: hooks.useConversation(active.activeId) };
    },
    { conversations: [direct] },
  );
  expect(result.current.conversation).toBeUndefined();
  act(() => result.current.open(1));
  expect(result.current).toMatchObject({ activeId: 1, conversation: { id: 1 } });
});

test("useDraft is kept for each chat", () => {
  const { result, rerender } = renderDraft();
  act(() => result.current.setText("Здравствуйте"));
  act(() => result.current.setReplyTo(makeMessage({ id: 7 })));
  expect(result.current).toMatchObject({ text: "Здравствуйте", replyTo: { id: 7 } });
  rerender({ id: 2 });
  expect(result.current.text).toBe("");
  rerender({ id: 1 });
  expect(result.current.text).toBe("Здравствуйте");
  act(() => result.current.clear());
  expect(client.store.getState().drafts).toEqual({});
});

function renderDraft() {
  client = createFakeClient();
  return renderHook(({ id }) => hooks.useDraft(id), {
    initialProps: { id: 1 },
    wrapper: ({ children }) => <TestProvider client={client}>{children}</TestProvider>,
  });
}

test("useTyping knows people from the conversation, or by their name alone; leaving the chat ends my own", () => {
  const until = Date.now() + 5_000;
  const typing = {
    1: [
      { userId: STUDENT.id, name: "x", until },
      { userId: 99, name: "Пётр Орлов", until },
    ],
  };
  const { result, unmount } = show(() => hooks.useTyping(1), { conversations: [direct], state: { typing } });
  expect(result.current.typing.map((user) => user.name)).toEqual(["Иван Иванов", "Пётр Орлов"]);
  act(() => result.current.notifyTyping(true));
  unmount();
  expect(client.callsOf("typing.notify")).toEqual([
    [1, true],
    [1, false],
  ]);
});

test("usePresence and useConnection", () => {
  const { result } = show(
    () => ({ presence: hooks.usePresence(STUDENT.id), connection: hooks.useConnection() }),
    {
      conversations: [direct],
      state: { connection: { state: "offline", retryAt: Date.now() + 4_500 } },
    },
  );
  expect(result.current.presence.isOnline).toBe(true);
  expect(result.current.connection).toMatchObject({ state: "offline", retryInS: 5 });
  act(() => result.current.connection.retryNow());
  expect(client.callsOf("connection.retryNow")).toHaveLength(1);
});

test("useContacts finds people, with their presence as it is now", async () => {
  const contacts = [
    { ...STUDENT, conversation_id: null },
    { ...CLASSMATE, conversation_id: 3 },
  ];
  const { result } = show(() => hooks.useContacts("алё"), {
    contacts,
    state: { presence: { [CLASSMATE.id]: { isOnline: true, lastSeen: null } } },
  });
  await waitFor(() => expect(result.current.items.map((one) => one.name)).toEqual(["Алёна Ёлкина"]));
  expect(result.current.items[0]).toMatchObject({ is_online: true, conversation_id: 3 });
  expect(result.current).toMatchObject({ isLoading: false, hasMore: false, error: null });
});

const people = [
  makeParticipant({ ...TEACHER, is_manager: true, last_read_message_id: 100 }),
  makeParticipant({ ...STUDENT, last_read_message_id: 90 }),
  makeParticipant({ ...CLASSMATE, last_read_message_id: null }),
];

test("useReaders: who has read, also by what frames have told since", async () => {
  const message = makeMessage({ id: 95, conversation_id: 2, sender: TEACHER });
  const { result } = show(() => hooks.useReaders(message), {
    conversations: [group],
    participants: { 2: people },
  });
  await waitFor(() => expect(result.current.unread).toHaveLength(2));
  expect(result.current.read).toEqual([]);
  act(() => client.store.setState({ readers: { 2: { [CLASSMATE.id]: 96 } } }));
  expect(result.current.read.map((one) => one.id)).toEqual([CLASSMATE.id]);
  expect(result.current.unread.map((one) => one.id)).toEqual([STUDENT.id]);
});

test("useParticipants adds and removes", async () => {
  const { result } = show(() => hooks.useParticipants(2), {
    conversations: [group],
    participants: { 2: people },
  });
  await waitFor(() => expect(result.current.items).toHaveLength(3));
  await act(() => result.current.add([7, 8]));
  await act(() => result.current.remove(5));
  expect(client.calls.slice(-2)).toEqual([
    ["conversations.addParticipants", 2, [7, 8]],
    ["conversations.removeParticipant", 2, 5],
  ]);
});

test("useConversationActions acts on its conversation, and on none where there is none", async () => {
  const { result } = show(() => ({
    one: hooks.useConversationActions(2),
    none: hooks.useConversationActions(null),
  }));
  await result.current.one.rename("9 «А»");
  await result.current.one.block();
  expect(client.calls).toEqual([
    ["conversations.rename", 2, "9 «А»"],
    ["conversations.block", 2, null],
  ]);
  await expect(result.current.none.clear()).rejects.toThrow("conversation");
  expect(await result.current.none.createDirect(5)).toBe(1);
});

test("useSend and useUploads are bound to their conversation", async () => {
  const { result } = show(() => ({ send: hooks.useSend(1), uploads: hooks.useUploads(1) }));
  const draft = { text: "Привет", mentions: [], replyTo: null, files: [] };
  act(() => result.current.send.send(draft));
  await act(() => result.current.send.retry("c1"));
  act(() => result.current.uploads.add([]));
  expect(client.calls).toEqual([
    ["outbox.send", 1, draft],
    ["outbox.retry", "c1"],
    ["uploads.add", 1, []],
  ]);
  expect(result.current.uploads.files).toEqual([]);
});

test("useTimeline: what is on its way is not shown in a window that looks into the past", () => {
  const entry = {
    clientId: "c1",
    seq: 1,
    personId: TEACHER.id,
    conversationId: 1,
    text: "в пути",
    mentions: [],
    replyTo: null,
    createdAt: "2025-11-14T10:00:00.000Z",
    status: "waiting" as const,
    error: null,
    file: null,
  };
  const past = { ...EMPTY_TIMELINE, status: "ready" as const, messages: [makeMessage()], hasNewer: true };
  const { result } = show(() => hooks.useTimeline(1), {
    state: { timelines: { 1: past }, outbox: { 1: [entry] } },
  });
  const texts = () =>
    result.current.entries.flatMap((one) => (one.kind === "message" ? one.message.text : []));
  expect(texts()).toHaveLength(1);
  act(() => client.store.setState({ timelines: { 1: { ...past, hasNewer: false } } }));
  expect(texts().at(-1)).toBe("в пути");
});

test("useNotifications hands on notices while it is there", () => {
  const onNotice = vi.fn();
  const { result, unmount } = show(() => hooks.useNotifications(onNotice), { desktopPermission: "denied" });
  const notice = { kind: "summary" as const, key: "k", messages: 2, conversations: 1, lastConversationId: 1 };
  client.notify(notice);
  unmount();
  client.notify(notice);
  expect(onNotice).toHaveBeenCalledTimes(1);
  expect(result.current.desktopPermission).toBe("denied");
});

test("useMe changes settings", async () => {
  const { result } = show(() => hooks.useMe());
  await act(() => result.current.updateSettings({ sound: false }));
  expect(result.current.me!.settings.sound).toBe(false);
});

test.each([
  ["ru", new ApiError(403, "blocked", "English."), "Вам временно нельзя писать в этот чат."],
  ["en", new ApiError(403, "blocked", "English."), "You may not write to this chat at the moment."],
  ["ru", new ApiError(403, "not_sender", "English."), "Это может только отправитель."],
  ["ru", new ApiError(403, "a_new_rule", "A new rule of the server."), "Это вам не разрешено."],
  ["en", new ApiError(403, "a_new_rule", "A new rule of the server."), "A new rule of the server."],
  [
    "ru",
    new ApiError(400, "invalid", "Ensure this field has no more than 10000 characters."),
    "Не больше 10\u00a0000 символов.",
  ],
  ["ru", new ApiError(400, "invalid", "A sentence that nobody knows."), "Проверьте, что вы ввели."],
  ["ru", new ApiError(415, "file_type", ""), "Файлы такого типа не принимаются."], // its own needs values
  ["ru", new TypeError("x is undefined"), "Что-то пошло не так."],
] as const)("In %s %o is «%s»", (locale, error, expected) => {
  const { result } = show(() => hooks.useErrorText(), { locale });
  expect(result.current(error)).toBe(expected);
});

test("usePageBadge: the count stands in the title, and goes with the chat", () => {
  const { unmount } = show(() => hooks.usePageBadge("Сообщения"), { conversations: [group] });
  expect(document.title).toBe("(3) Сообщения");
  act(() => client.store.setState({ conversations: { 2: { ...group, unread_count: 120 } } }));
  expect(document.title).toBe("(99+) Сообщения");
  unmount();
  expect(document.title).toBe("Сообщения");
});

const seen = new Set<unknown>();

function Look() {
  seen.add(useChatClient());
  return <p>{useIntl().locale}</p>;
}

function SchoolApp({ count }: { count: number }) {
  return (
    <ChatProvider
      apiBase="http://bridge.test"
      getToken={() => `token ${count}`}
      locale={count > 1 ? "en" : "ru"}
    >
      <Look />
    </ChatProvider>
  );
}

test("A new `getToken` at each rendering of the school's app is not a new client", () => {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  const { rerender } = render(<SchoolApp count={1} />);
  expect(screen.getByText("ru")).toBeInTheDocument();
  rerender(<SchoolApp count={2} />);
  expect(screen.getByText("en")).toBeInTheDocument();
  expect(seen.size).toBe(1);
});
