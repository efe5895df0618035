/** All parts together, against a bridge of a few lines: sign-in, list, socket, sending, catching up, signing out. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { databaseName } from "../cache/database";
import { EarlyCache } from "../cache/earlyCache";
import type { Conversation, Me, Message, SyncAnswer } from "../model/types";
import { listKey } from "../store/state";
import { makeConversation, makeMe, makeMessage, STUDENT, TEACHER } from "../testing";
import { page, until } from "../testing/api";
import { FakeSocket } from "../testing/fakeSocket";
import type { ChatClient, Notice } from "./client";
import { createChat } from "./createChat";

const jwt = (user_id: number, n = 0) => `h.${btoa(JSON.stringify({ user_id, n }))}.s`;
const ALL = listKey("all", "");

let server: {
  me: Me;
  conversations: Conversation[];
  messages: Message[];
  sync: SyncAnswer;
  isDown: boolean;
  token: string | null;
  requests: string[];
};
let clients: ChatClient[];
let host: string;
let number = 0;

beforeEach(() => {
  number += 1;
  host = `http://bridge${number}.test`;
  clients = [];
  server = {
    me: makeMe(),
    conversations: [makeConversation({ id: 1, rev: 10 })],
    messages: [makeMessage({ id: 90, rev: 10, is_read: true })],
    sync: { rev: 100, conversations: [], messages: [], removed_conversation_ids: [], reset: false },
    isDown: false,
    token: jwt(TEACHER.id),
    requests: [],
  };
  FakeSocket.install();
  vi.stubGlobal("fetch", serve);
});

afterEach(async () => {
  for (const client of clients) client.stop();
  vi.unstubAllGlobals();
});

async function serve(url: string, init: RequestInit): Promise<Response> {
  // Of a client of the test before, which was stopped while it fetched.
  if (!url.startsWith(host)) throw new TypeError("Failed to fetch");
  const path = url.replace(`${host}/api/chat/`, "");
  server.requests.push(`${init.method} ${path}`);
  if (server.isDown) throw new TypeError("Failed to fetch");
  if (new Headers(init.headers).get("Authorization") !== `Bearer ${server.token}`) {
    return Response.json({ detail: "x", code: "token_not_valid" }, { status: 401 });
  }
  return Response.json(answerOf(init.method!, path, init.body ? JSON.parse(String(init.body)) : {}));
}

function answerOf(method: string, path: string, body: Record<string, unknown>): unknown {
  if (path === "me/") return server.me;
  if (path === "ws-ticket/") return { ticket: "t", expires_in: 30 };
  if (path.startsWith("sync/")) return server.sync;
  if (path.startsWith("conversations/?")) return page(server.conversations);
  const asked = server.conversations.find((one) => path === `conversations/${one.id}/`);
  if (asked) return asked;
  if (path.startsWith("messages/?")) return page(server.messages);
  if (method === "POST" && path === "messages/") {
    const message = makeMessage({
      id: 500,
      rev: 500,
      sender: TEACHER,
      ...(body as Partial<Message>),
      reply_to: null,
    });
    server.messages.push(message);
    return message;
  }
  throw new Error(`The test's bridge has no ${method} ${path}.`);
}

function start(
  getToken: (isRenewal: boolean) => string | Promise<string> = () => server.token ?? "",
  lastPersonId?: number,
) {
  const client = createChat({ apiBase: host, getToken, ...(lastPersonId ? { lastPersonId } : {}) });
  clients.push(client);
  client.start();
  return client;
}

async function online(client: ChatClient): Promise<FakeSocket> {
  await until(() => expect(FakeSocket.all.length).toBeGreaterThan(0));
  const socket = FakeSocket.last;
  socket.open();
  await until(() => expect(client.store.getState().connection.state).toBe("online"));
  return socket;
}

const state = (client: ChatClient) => client.store.getState();

test("From nothing: the person, the list and the messages; then it is live", async () => {
  const client = start();
  client.lists.load(ALL);
  client.timelines.open(1);
  const socket = await online(client);
  await until(() => expect(state(client).timelines[1]?.status).toBe("ready"));
  expect(state(client).me).toEqual(server.me);
  expect(Object.keys(state(client).conversations)).toEqual(["1"]);
  socket.receive({
    type: "message.new",
    conversation_id: 1,
    rev: 200,
    message: makeMessage({ id: 91, rev: 200 }),
    unread_count: 1,
  });
  expect(state(client).timelines[1]!.messages.map((message) => message.id)).toEqual([90, 91]);
  expect(state(client)).toMatchObject({ rev: 200 });
});

test("The next visit shows the cached list before the server answers, and asks only for what changed", async () => {
  const first = start();
  first.lists.load(ALL);
  first.timelines.open(1);
  await online(first);
  await until(() => expect(state(first).timelines[1]?.status).toBe("ready"));
  first.stop();
  await new Promise((resolve) => setTimeout(resolve, 50)); // its last write
  server.isDown = true;
  const second = start();
  await until(() => expect(Object.keys(state(second).conversations)).toEqual(["1"]));
  expect(state(second)).toMatchObject({ isStale: true, me: { id: TEACHER.id } });
  expect(state(second).conversations[1]!.participant!.is_online).toBe(false); // nobody knows yet
  second.timelines.open(1);
  await until(() => expect(state(second).timelines[1]).toMatchObject({ status: "ready", isStale: true }));
  expect(state(second).timelines[1]!.messages[0]!.id).toBe(90);
});

test("With the last person known the cache is shown before there is a token; another person never sees it", async () => {
  const first = start();
  first.lists.load(ALL);
  await online(first);
  await until(() => expect(Object.keys(state(first).conversations)).toEqual(["1"]));
  first.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  let give = (_: string) => {};
  const token = new Promise<string>((resolve) => {
    give = resolve;
  });
  const second = start(() => token, TEACHER.id);
  await until(() => expect(Object.keys(state(second).conversations)).toEqual(["1"]));
  server.me = makeMe({ ...STUDENT });
  server.conversations = [];
  server.token = jwt(STUDENT.id);
  give(server.token);
  await until(() => expect(state(second).conversations).toEqual({}));
  await until(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseName(host, TEACHER.id));
  });
});

/** Somebody has been here, and the cache is opened anew before there is a chat. */
async function openedEarly(): Promise<EarlyCache> {
  const first = start();
  first.lists.load(ALL);
  await online(first);
  await until(() => expect(Object.keys(state(first).conversations)).toEqual(["1"]));
  first.stop();
  await new Promise((resolve) => setTimeout(resolve, 50)); // its last write
  const early = new EarlyCache(host, TEACHER.id);
  await early.isRead;
  return early;
}

function chatWith(early: EarlyCache, getToken: () => Promise<string>, lastPersonId: number): ChatClient {
  const client = createChat({ apiBase: host, getToken, lastPersonId, early });
  clients.push(client);
  return client;
}

const never = () => new Promise<string>(() => {});

test("A cache that was opened early is there before the start, and is kept up like any other", async () => {
  const early = await openedEarly();
  const client = chatWith(early, async () => server.token ?? "", TEACHER.id);
  expect(state(client)).toMatchObject({ isStale: true, rev: 100, me: { id: TEACHER.id } });
  expect(Object.keys(state(client).conversations)).toEqual(["1"]);
  client.start();
  await until(() => expect(FakeSocket.all).toHaveLength(2));
  await online(client);
  await client.signOut();
  expect(state(client)).toMatchObject({ me: null, conversations: {} });
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).not.toContain(databaseName(host, TEACHER.id));
});

test("A cache that was opened early for somebody else is never shown", async () => {
  const early = await openedEarly();
  const client = chatWith(early, never, STUDENT.id);
  expect(state(client).conversations).toEqual({});
  client.start();
  await until(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseName(host, TEACHER.id)); // nothing holds it open any more
    expect(names).toContain(databaseName(host, STUDENT.id));
  });
  expect(state(client).conversations).toEqual({});
});

test("When the token turns out to be another person's, what was opened early goes at once", async () => {
  const early = await openedEarly();
  server.me = makeMe({ ...STUDENT });
  server.conversations = [];
  server.token = jwt(STUDENT.id);
  const client = chatWith(early, async () => server.token ?? "", TEACHER.id);
  client.start();
  await until(() => expect(state(client)).toMatchObject({ me: { id: STUDENT.id }, conversations: {} }));
});

test("Who signs out while the cache is only just being opened leaves nothing either", async () => {
  await openedEarly().then((early) => early.discard());
  const client = start(never, TEACHER.id);
  await client.signOut();
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).not.toContain(databaseName(host, TEACHER.id));
});

async function lostAndBack(client: ChatClient, socket: FakeSocket): Promise<FakeSocket> {
  const before = FakeSocket.all.length;
  socket.drop(1001);
  await until(() => expect(state(client).connection.state).toBe("offline"));
  client.connection.retryNow();
  await until(() => expect(FakeSocket.all).toHaveLength(before + 1));
  return online(client);
}

test("Lost and back: one sync, one word for all that was missed", async () => {
  const client = start();
  client.lists.load(ALL);
  const notices: Notice[] = [];
  client.notifications.subscribe((notice) => notices.push(notice));
  const socket = await online(client);
  await until(() => expect(Object.keys(state(client).conversations)).toEqual(["1"]));
  server.requests = [];
  const missed = [701, 702, 703].map((id) => makeMessage({ id, rev: id }));
  const unread = makeConversation({ id: 1, rev: 800, unread_count: 3 });
  server.sync = { ...server.sync, rev: 800, messages: missed, conversations: [unread] };
  await lostAndBack(client, socket);
  expect(server.requests.filter((request) => request.includes("sync"))).toEqual(["GET sync/?since=100"]);
  await until(() => expect(notices).toMatchObject([{ kind: "summary", messages: 3, conversations: 1 }]));
  expect(state(client).rev).toBe(800);
});

test("Sent without a network, the window closed: the next visit sends it, once", async () => {
  const first = start();
  first.lists.load(ALL);
  first.timelines.open(1);
  await online(first);
  await until(() => expect(state(first).timelines[1]?.status).toBe("ready"));
  server.isDown = true;
  first.outbox.send(1, { text: "Я опоздаю", mentions: [], replyTo: null, files: [] });
  await until(() => expect(server.requests).toContain("POST messages/"));
  first.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.isDown = false;
  server.requests = [];
  const second = start();
  await until(() => expect(server.requests).toContain("POST messages/"));
  await until(() => expect(state(second).outbox).toEqual({}));
  expect(server.messages.filter((message) => message.text === "Я опоздаю")).toHaveLength(1);
});

test("An expired token is renewed without anybody noticing", async () => {
  const given: boolean[] = [];
  const client = start((isRenewal) => {
    given.push(isRenewal);
    return isRenewal ? jwt(TEACHER.id, 2) : jwt(TEACHER.id, 1);
  });
  server.token = jwt(TEACHER.id, 2);
  await online(client);
  expect(given).toEqual([false, true]);
});

test("Nobody is signed in any more: it is told once, and nothing is asked for again", async () => {
  server.token = null;
  const client = createChat({ apiBase: host, getToken: () => "old" });
  clients.push(client);
  const told = vi.fn();
  client.onSignedOut(told);
  client.start();
  await until(() => expect(told).toHaveBeenCalledTimes(1));
  const before = server.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.requests).toHaveLength(before);
  expect(told).toHaveBeenCalledTimes(1);
});

test("Signing out leaves nothing: not on screen, not in the browser, not in another window", async () => {
  const client = start();
  const other = start();
  const told = vi.fn();
  other.onSignedOut(told);
  client.lists.load(ALL);
  await until(() => expect(state(client).me).not.toBeNull());
  await until(() => expect(FakeSocket.all.length).toBe(2));
  await client.signOut();
  expect(state(client)).toMatchObject({ me: null, conversations: {} });
  await until(() => expect(told).toHaveBeenCalled());
  expect(state(other)).toMatchObject({ me: null, conversations: {} });
  await until(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseName(host, TEACHER.id));
  });
});

test("Started, stopped and started again, as React's strict mode does: one connection", async () => {
  const client = start();
  client.stop();
  client.start();
  await online(client);
  expect(FakeSocket.all.filter((socket) => socket.readyState === FakeSocket.OPEN)).toHaveLength(1);
});

test("A group's message of a conversation that is not in the list brings it in", async () => {
  const client = start();
  await online(client);
  const group = makeConversation({ id: 7, is_group: true, rev: 300 });
  const real = serve;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
    url.endsWith("conversations/7/") ? Promise.resolve(Response.json(group)) : real(url, init),
  );
  const message = makeMessage({ id: 91, conversation_id: 7, rev: 300 });
  FakeSocket.last.receive({ type: "message.new", conversation_id: 7, rev: 300, message, unread_count: 1 });
  await until(() => expect(state(client).conversations[7]).toEqual(group));
});
