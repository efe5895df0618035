/** What is told, and what never: by every way on which a message can come to a window. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation, Me, Message, SyncAnswer } from "../model/types";
import { listKey } from "../store/state";
import { makeConversation, makeMe, makeMessage, TEACHER } from "../testing";
import { page, until } from "../testing/api";
import { FakeSocket } from "../testing/fakeSocket";
import type { ChatClient, Notice } from "./client";
import { createChat } from "./createChat";

const TOKEN = `h.${btoa(JSON.stringify({ user_id: TEACHER.id }))}.s`;
const ALL = listKey("all", "");
/** Where the server stands when the visit begins. */
const BEGIN = 100;

let server: { me: Me; list: Conversation[]; one: Conversation; sync: SyncAnswer };
let host: string;
let number = 0;
let client: ChatClient;
let notices: Notice[];
let hold: Promise<unknown>;

beforeEach(() => {
  number += 1;
  host = `http://notices${number}.test`;
  hold = Promise.resolve();
  const last_message = { ...makeConversation().last_message!, id: 90 };
  server = {
    me: makeMe(),
    list: [makeConversation({ id: 1, rev: 10, last_message })],
    one: makeConversation({ id: 7, is_group: true, rev: 300, unread_count: 1 }),
    sync: { rev: BEGIN, conversations: [], messages: [], removed_conversation_ids: [], reset: false },
  };
  FakeSocket.install();
  vi.stubGlobal("fetch", async (url: string) => answer(url.replace(`${host}/api/chat/`, "")));
});

afterEach(() => client.stop());

async function answer(path: string): Promise<Response> {
  if (path === "me/") return Response.json(server.me);
  if (path === "ws-ticket/") return Response.json({ ticket: "t", expires_in: 30 });
  if (path.startsWith("sync/")) return Response.json(server.sync);
  if (path.startsWith("conversations/?")) return Response.json(page(server.list));
  if (path === "conversations/7/") {
    await hold;
    return Response.json(server.one);
  }
  throw new Error(`The test's bridge has no ${path}.`);
}

function visit(): void {
  client = createChat({ apiBase: host, getToken: () => TOKEN, lastPersonId: TEACHER.id });
  notices = [];
  client.notifications.subscribe((notice) => notices.push(notice));
  client.start();
}

async function connect(): Promise<FakeSocket> {
  const before = FakeSocket.all.filter(({ readyState }) => readyState === FakeSocket.CLOSED).length;
  await until(() => expect(FakeSocket.all.length).toBeGreaterThan(before));
  FakeSocket.last.open();
  await until(() => expect(client.store.getState().connection.state).toBe("online"));
  return FakeSocket.last;
}

/** A visit that has its list and its person, and is live. */
async function live(): Promise<FakeSocket> {
  visit();
  client.lists.load(ALL);
  const socket = await connect();
  await until(() => expect(client.store.getState()).toMatchObject({ me: {}, conversations: { 1: {} } }));
  return socket;
}

async function lostAndBack(): Promise<FakeSocket> {
  FakeSocket.last.drop(1001);
  await until(() => expect(client.store.getState().connection.state).toBe("offline"));
  client.connection.retryNow();
  return connect();
}

const frame = (message: Message, rev = message.rev) => ({
  type: "message.new",
  conversation_id: message.conversation_id,
  rev,
  message,
  unread_count: 1,
});

/** A message that is told, after whatever should not be. */
async function onlyTold(keys: string[]): Promise<void> {
  FakeSocket.last.receive(frame(makeMessage({ id: 999, conversation_id: 1, rev: 9_999 })));
  await until(() => expect(notices.map(({ key }) => key)).toEqual([...keys, "message-999"]));
}

test("live, in a chat that is not open: told", async () => {
  const socket = await live();
  socket.receive(frame(makeMessage({ id: 91, rev: 200 })));
  await onlyTold(["message-91"]);
});

test("at the first load nothing: sync looks back, and nothing is known yet that it could be compared with", async () => {
  server.sync.messages = [makeMessage({ id: 89, conversation_id: 7 }), makeMessage({ id: 90 })];
  server.sync.conversations = [server.one, { ...server.list[0]!, unread_count: 1 }];
  visit();
  await connect();
  client.lists.load(ALL);
  await until(() => expect(client.store.getState()).toMatchObject({ me: {}, isStale: false }));
  await onlyTold([]);
});

test("at the next visit nothing of what came since the last: the list shows it", async () => {
  await live();
  client.stop();
  await new Promise((resolve) => setTimeout(resolve, 50)); // its last write
  server.sync = { ...server.sync, rev: 500, messages: [makeMessage({ id: 400, rev: 400 })] };
  server.sync.conversations = [{ ...server.list[0]!, rev: 400, unread_count: 1 }];
  visit();
  await connect();
  expect(client.store.getState().conversations[1]).toMatchObject({ unread_count: 1 });
  await onlyTold([]);
});

test("what comes while the visit begins: told if it is newer than the beginning, not if it is a repeat", async () => {
  visit();
  await until(() => expect(client.store.getState().me).not.toBeNull());
  await until(() => expect(FakeSocket.all).toHaveLength(1));
  FakeSocket.last.open();
  FakeSocket.last.receive(frame(makeMessage({ id: 80, conversation_id: 7, rev: BEGIN })));
  server.one = { ...server.one, rev: BEGIN };
  FakeSocket.last.receive(frame(makeMessage({ id: 92, conversation_id: 7, rev: BEGIN + 1 })));
  await until(() => expect(notices).toMatchObject([{ key: "message-92" }]));
  client.lists.load(ALL);
  await until(() => expect(client.store.getState().conversations[1]).toBeDefined());
  await onlyTold(["message-92"]);
});

test("a frame that comes again after sync has brought its message: told once", async () => {
  await live();
  const message = makeMessage({ id: 400, rev: 400 });
  server.sync = { ...server.sync, rev: 500, messages: [message] };
  server.sync.conversations = [{ ...server.list[0]!, rev: 400, unread_count: 1 }];
  const socket = await lostAndBack();
  socket.receive(frame(message));
  socket.receive(frame(message));
  await onlyTold(["message-400"]);
});

test("after an absence, of a chat that is not in the list: not the old messages that somebody has read", async () => {
  await live();
  const old = [70, 80].map((id) => makeMessage({ id, conversation_id: 7, rev: 20 }));
  server.sync = { ...server.sync, rev: 500, messages: old, conversations: [server.one] };
  await lostAndBack();
  await onlyTold([]);
});

test("after an absence many are one word, those included that came while sync was on its way", async () => {
  await live();
  const missed = [401, 402].map((id) => makeMessage({ id, rev: id }));
  server.sync = { ...server.sync, rev: 500, messages: missed };
  server.sync.conversations = [{ ...server.list[0]!, rev: 402, unread_count: 2 }];
  FakeSocket.last.drop(1001);
  await until(() => expect(client.store.getState().connection.state).toBe("offline"));
  client.connection.retryNow();
  await until(() => expect(FakeSocket.all).toHaveLength(2));
  FakeSocket.last.open();
  FakeSocket.last.receive(frame(makeMessage({ id: 403, rev: 501 })));
  await until(() => expect(notices).toMatchObject([{ kind: "summary", messages: 3 }]));
});

test("too long away: everything anew, and not a word", async () => {
  await live();
  server.sync = { ...server.sync, rev: 500, reset: true };
  const last_message = { ...server.list[0]!.last_message!, id: 400 };
  server.list = [{ ...server.list[0]!, rev: 400, unread_count: 9, last_message }];
  await lostAndBack();
  await onlyTold([]);
});

test("of a chat that is not in the list: told when it is known, once", async () => {
  const socket = await live();
  const message = makeMessage({ id: 91, conversation_id: 7, rev: 300 });
  socket.receive(frame(message));
  socket.receive(frame(message));
  await until(() => expect(notices).toMatchObject([{ key: "message-91" }]));
  expect(notices[0]).toMatchObject({ title: expect.stringContaining(server.one.name) });
  await onlyTold(["message-91"]);
});

test("of a chat that turns out to be muted: nothing", async () => {
  const socket = await live();
  server.one = { ...server.one, is_muted: true };
  socket.receive(frame(makeMessage({ id: 91, conversation_id: 7, rev: 300 })));
  await until(() => expect(client.store.getState().conversations[7]).toBeDefined());
  await onlyTold([]);
});

test("read on another device before it could be told: nothing", async () => {
  const socket = await live();
  let answer = (_?: unknown) => {};
  hold = new Promise((resolve) => {
    answer = resolve;
  });
  socket.receive(frame(makeMessage({ id: 91, conversation_id: 7, rev: 300 })));
  socket.receive({
    type: "message.read",
    conversation_id: 7,
    rev: 301,
    user_id: TEACHER.id,
    message_id: 91,
    read_at: "2025-11-14T10:30:00Z",
  });
  answer();
  await until(() => expect(client.store.getState().conversations[7]).toBeDefined());
  await onlyTold([]);
});

test("my own, written on another device: nothing", async () => {
  const socket = await live();
  socket.receive(frame(makeMessage({ id: 91, sender: TEACHER, rev: 200 })));
  await onlyTold([]);
});

test("the chat that is open and looked at: nothing", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  const socket = await live();
  client.store.setState({
    activeId: 7,
    conversations: { ...client.store.getState().conversations, 7: server.one },
  });
  socket.receive(frame(makeMessage({ id: 91, conversation_id: 7, rev: 400 })));
  await onlyTold([]);
});
