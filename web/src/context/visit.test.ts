/** Whose chat it is: before that is known, when it turns out to be another's, and when that changes in the middle. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { databaseName } from "../cache/database";
import { IdbCache } from "../cache/idbCache";
import type { Conversation, Me, Message } from "../model/types";
import { ApiError } from "../services/apiError";
import type { GetToken } from "../services/tokens";
import { listKey, type OutboxEntry } from "../store/state";
import { makeConversation, makeMe, makeMessage, STUDENT, TEACHER } from "../testing";
import { page, until } from "../testing/api";
import { FakeSocket } from "../testing/fakeSocket";
import type { ChatClient } from "./client";
import { createChat } from "./createChat";

const ALL = listKey("all", "");
const jwt = (user_id: number) => `h.${btoa(JSON.stringify({ user_id }))}.s`;
const ANNA = { ...TEACHER };
const BORIS = { ...STUDENT };

interface Account {
  me: Me;
  conversations: Conversation[];
}

/** What each token opens; a token that is not here is refused. */
let accounts: Map<string, Account>;
let posted: { by: number; text: string; client_id: string; file_id: string | null }[];
let read: { by: number; path: string }[];
let host: string;
let clients: ChatClient[];
let number = 0;
/** Answers to these calls are held back until it is resolved. */
let hold: { path: RegExp; until: Promise<unknown>; count: number } | null;
/** Answers with this status, where one is set. */
let fault: { path: RegExp; status: number } | null;

const annas: Account = {
  me: makeMe(),
  conversations: [makeConversation({ id: 1, rev: 10, name: "У Анны" })],
};
const boriss: Account = {
  me: makeMe({ ...BORIS }),
  conversations: [makeConversation({ id: 5, rev: 10, name: "У Бориса" })],
};

beforeEach(() => {
  number += 1;
  host = `http://visit${number}.test`;
  clients = [];
  posted = [];
  read = [];
  hold = null;
  fault = null;
  accounts = new Map([
    [jwt(ANNA.id), annas],
    [jwt(BORIS.id), boriss],
  ]);
  FakeSocket.install();
  vi.stubGlobal("fetch", serve);
});

afterEach(() => {
  for (const client of clients) client.stop();
  vi.unstubAllGlobals();
});

async function serve(url: string, init: RequestInit): Promise<Response> {
  const path = url.replace(`${host}/api/chat/`, "");
  const account = accounts.get(String(new Headers(init.headers).get("Authorization")).replace("Bearer ", ""));
  if (!account) return Response.json({ detail: "x", code: "token_not_valid" }, { status: 401 });
  if (fault?.path.test(path)) return Response.json({ detail: "x" }, { status: fault.status });
  const answer = Response.json(answerOf(account, init.method!, path, init));
  if (hold?.path.test(path)) {
    hold.count += 1;
    await hold.until;
  }
  return answer;
}

function answerOf({ me, conversations }: Account, method: string, path: string, init: RequestInit): unknown {
  if (path === "me/") return me;
  if (path === "ws-ticket/") return { ticket: "t", expires_in: 30 };
  if (path.startsWith("sync/"))
    return { rev: 100, conversations: [], messages: [], removed_conversation_ids: [], reset: false };
  if (path.startsWith("conversations/?")) return page(conversations);
  const one = conversations.find(({ id }) => path === `conversations/${id}/`);
  if (one) return one;
  if (path.startsWith("messages/?"))
    return page([makeMessage({ id: 90, rev: 10, conversation_id: conversations[0]!.id })]);
  if (path.endsWith("/read/")) {
    read.push({ by: me.id, path });
    return { status: "ok", unread_count: 0 };
  }
  if (method !== "POST" || path !== "messages/")
    throw new Error(`The test's bridge has no ${method} ${path}.`);
  const body = JSON.parse(String(init.body)) as Partial<Message> & (typeof posted)[number];
  posted.push({ by: me.id, text: body.text, client_id: body.client_id, file_id: body.file_id });
  return makeMessage({ id: 500 + posted.length, rev: 500, sender: me, ...body, reply_to: null });
}

function start(getToken: GetToken, lastPersonId: number | null = null): ChatClient {
  const client = createChat({ apiBase: host, getToken, lastPersonId });
  clients.push(client);
  client.start();
  return client;
}

const state = (client: ChatClient) => client.store.getState();
const names = (client: ChatClient) => Object.values(state(client).conversations).map(({ name }) => name);
const waiting = (client: ChatClient, id = 1) => state(client).outbox[id] ?? [];
const words = (text: string) => ({ text, mentions: [], replyTo: null, files: [] });
const texts = (by: number) => posted.filter((one) => one.by === by).map(({ text }) => text);

async function online(client: ChatClient): Promise<void> {
  await until(() => expect(FakeSocket.last.readyState).toBe(FakeSocket.CONNECTING));
  FakeSocket.last.open();
  await until(() => expect(state(client).connection.state).toBe("online"));
}

/** Her chats are in this browser from now on. */
async function annaWasHere(): Promise<void> {
  const client = start(() => jwt(ANNA.id));
  client.lists.load(ALL);
  await online(client);
  await until(() => expect(names(client)).toEqual(["У Анны"]));
  client.stop();
  await until(async () => expect((await leftOf(ANNA.id))?.conversations).toHaveLength(1));
}

/** What is in the database of a person; null: there is none. */
async function leftOf(personId: number) {
  const all = await indexedDB.databases();
  const name = databaseName(host, personId);
  if (!all.some((one) => one.name === name)) return null;
  const cache = await IdbCache.open(name, () => {});
  const [kept, outbox] = [await cache.load(), await cache.listOutbox()];
  cache.close();
  return { ...kept, outbox };
}

/** A token that comes when the test says so. */
function later() {
  let give: (token: string) => void = () => {};
  const token = new Promise<string>((resolve) => {
    give = resolve;
  });
  return { getToken: () => token, give };
}

/** Fills with whatever of Anna's is in the state while `when` holds. */
function herThingsIn(client: ChatClient, when: () => boolean): string[] {
  const seen: string[] = [];
  client.store.subscribe(({ conversations, timelines, outbox }) => {
    const hers = Object.entries({ conversations, timelines, outbox }).filter(([, byId]) => "1" in byId);
    if (when()) seen.push(...hers.map(([part]) => part));
  });
  return seen;
}

const entryTexts = (entries: readonly OutboxEntry[] = []) =>
  entries.map(({ text, status }) => [text, status]);

describe("Before the token is there", () => {
  test("What is sent is shown as on its way, is kept, and goes out afterwards, once", async () => {
    await annaWasHere();
    const { getToken, give } = later();
    const client = start(getToken, ANNA.id);
    await until(() => expect(names(client)).toEqual(["У Анны"]));
    expect(client.outbox.send(1, words("Раз"))).toBe(true);
    expect(client.outbox.send(1, words("Два"))).toBe(true);
    expect(entryTexts(waiting(client))).toEqual([
      ["Раз", "waiting"],
      ["Два", "waiting"],
    ]);
    await until(async () => expect((await leftOf(ANNA.id))!.outbox).toHaveLength(2));
    expect(posted).toEqual([]);
    give(jwt(ANNA.id));
    await until(() => expect(waiting(client)).toEqual([]));
    expect(texts(ANNA.id)).toEqual(["Раз", "Два"]);
    await until(async () => expect((await leftOf(ANNA.id))!.outbox).toEqual([]));
  });

  test("While no token can be given (503) it waits; the state says so, and the next attempt sends it", async () => {
    await annaWasHere();
    let isIll = true;
    const client = start(() => {
      if (isIll) throw new ApiError(503, "unavailable", "");
      return jwt(ANNA.id);
    }, ANNA.id);
    await until(() => expect(names(client)).toEqual(["У Анны"]));
    client.outbox.send(1, words("Привет"));
    await until(() => expect(state(client).connection.state).toBe("offline"));
    isIll = false;
    client.connection.retryNow();
    await until(() => expect(texts(ANNA.id)).toEqual(["Привет"]));
    await until(() => expect(waiting(client)).toEqual([]));
  });

  test("The window is closed before there is a token: the next visit sends it", async () => {
    await annaWasHere();
    const first = start(later().getToken, ANNA.id);
    await until(() => expect(names(first)).toEqual(["У Анны"]));
    first.outbox.send(1, words("Ещё вчера"));
    first.stop();
    await until(async () => expect((await leftOf(ANNA.id))!.outbox).toHaveLength(1));
    const second = start(() => jwt(ANNA.id), ANNA.id);
    await until(() => expect(texts(ANNA.id)).toEqual(["Ещё вчера"]));
    await until(() => expect(waiting(second)).toEqual([]));
  });

  test("What is written, and what was cleared, is kept then, too", async () => {
    await annaWasHere();
    const first = start(later().getToken, ANNA.id);
    await until(() => expect(names(first)).toEqual(["У Анны"]));
    const draft = { text: "Начато", mentions: [], replyTo: null, editing: null, before: null };
    first.store.setState({ drafts: { 1: draft } });
    first.stop();
    await until(async () => expect((await leftOf(ANNA.id))!.drafts).toMatchObject({ 1: { text: "Начато" } }));
  });

  test("Nobody is here yet, or any more: it is not taken, so that the words can stay where they are", async () => {
    const nobody = createChat({ apiBase: host, getToken: () => null });
    clients.push(nobody);
    expect(nobody.outbox.send(1, words("Кому?"))).toBe(false);
    nobody.start();
    await until(() => expect(state(nobody).connection.state).toBe("signed_out"));
    expect(nobody.outbox.send(1, words("Кому?"))).toBe(false);
  });

  test("It turns out to be somebody else: nothing is sent or shown in their name, and nothing of hers is lost", async () => {
    await annaWasHere();
    const { getToken, give } = later();
    const client = start(getToken, ANNA.id);
    await until(() => expect(names(client)).toEqual(["У Анны"]));
    client.lists.load(ALL);
    client.outbox.send(1, words("Написано у Анны"));
    const shown = herThingsIn(client, () => state(client).me?.id === BORIS.id);
    give(jwt(BORIS.id));
    await online(client);
    client.lists.load(ALL);
    await until(() => expect(names(client)).toEqual(["У Бориса"]));
    expect(posted).toEqual([]);
    expect(shown).toEqual([]);
    // Only what was sent is left of hers, and it is hers to say whether it was she.
    await until(async () => {
      const left = await leftOf(ANNA.id);
      expect(left).toMatchObject({ me: null, conversations: [], drafts: {} });
      expect(entryTexts(left!.outbox)).toEqual([["Написано у Анны", "failed"]]);
    });
    client.stop();
    const back = start(() => jwt(ANNA.id), BORIS.id);
    await until(() => expect(entryTexts(waiting(back))).toEqual([["Написано у Анны", "failed"]]));
    expect(posted).toEqual([]);
    await back.outbox.retry(waiting(back)[0]!.clientId);
    await until(() => expect(texts(ANNA.id)).toEqual(["Написано у Анны"]));
  });
});

describe.each([
  ["says whose it is", jwt(ANNA.id), jwt(BORIS.id)],
  ["says nothing (an opaque one)", "anna-1", "boris-1"],
])("While the chat runs, a token of somebody else that %s", (_, hers, his) => {
  let token: string;
  let client: ChatClient;
  const told = vi.fn();

  beforeEach(async () => {
    told.mockClear();
    accounts = new Map([
      [hers, annas],
      [his, boriss],
    ]);
    token = hers;
    client = start(() => token);
    client.onSignedOut(told);
    client.lists.load(ALL);
    client.timelines.open(1);
    await online(client);
    await until(() => expect(state(client).timelines[1]?.status).toBe("ready"));
  });

  /** Her token has run out; the school's app has his by now. */
  function borisComes(): void {
    accounts.delete(hers);
    token = his;
  }

  test("ends her chat and begins his: nothing of hers is seen, nothing of hers stays in the browser", async () => {
    borisComes();
    const shown = herThingsIn(client, () => state(client).me?.id === BORIS.id);
    await expect(client.conversations.rename(1, "Новое")).rejects.toMatchObject({ code: "another_person" });
    expect(state(client)).toMatchObject({ activeId: null, timelines: {}, drafts: {} });
    await online(client);
    client.lists.load(ALL);
    await until(() => expect(names(client)).toEqual(["У Бориса"]));
    expect(state(client).me?.id).toBe(BORIS.id);
    expect(shown).toEqual([]);
    await until(async () => expect(await leftOf(ANNA.id)).toBeNull());
    await until(async () => expect((await leftOf(BORIS.id))!.conversations).toMatchObject([{ id: 5 }]));
    expect(told).not.toHaveBeenCalled(); // somebody is signed in
  });

  test("sends nothing of hers in his name; it waits for her", async () => {
    fault = { path: /^messages\/$/, status: 503 };
    client.outbox.send(1, words("От Анны"));
    await until(async () => expect((await leftOf(ANNA.id))!.outbox).toHaveLength(1));
    borisComes();
    fault = null;
    await client.conversations.rename(1, "Новое").catch(() => undefined);
    await online(client);
    expect(client.outbox.send(5, words("От Бориса"))).toBe(true);
    await until(() => expect(texts(BORIS.id)).toEqual(["От Бориса"]));
    expect(entryTexts((await leftOf(ANNA.id))!.outbox)).toEqual([["От Анны", "waiting"]]);
    client.stop();
    accounts.set(hers, annas);
    const back = start(() => hers);
    await until(() => expect(texts(ANNA.id)).toEqual(["От Анны"]));
    await until(() => expect(waiting(back)).toEqual([]));
  });

  test("lets no late answer to her reach him", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    hold = { path: /^conversations\/\?filter=unread/, until: released, count: 0 };
    client.lists.load(listKey("unread", ""));
    await until(() => expect(hold?.count).toBe(1));
    client.timelines.seen(1, 90); // not told yet
    borisComes();
    await client.conversations.rename(1, "Новое").catch(() => undefined);
    await online(client);
    release();
    await new Promise((resolve) => setTimeout(resolve, 400)); // longer than reads are gathered
    expect(names(client)).not.toContain("У Анны");
    expect(read.filter(({ by }) => by === BORIS.id)).toEqual([]);
  });

  test("is renewed unnoticed where it is her own", async () => {
    accounts.delete(hers);
    const next = hers === jwt(ANNA.id) ? `${hers}2` : "anna-2";
    accounts.set(next, annas);
    token = next;
    client.lists.load(listKey("groups", ""));
    await until(() =>
      expect(state(client).lists[listKey("groups", "")]).toMatchObject({ isLoading: false, error: null }),
    );
    expect(state(client)).toMatchObject({ activeId: 1, me: { id: ANNA.id } });
    expect(names(client)).toEqual(["У Анны"]);
  });
});

test("An opaque token that has run out before the start is renewed before anything else is asked for", async () => {
  accounts.set("anna-2", annas);
  const given: boolean[] = [];
  const client = start((isRenewal) => {
    given.push(isRenewal);
    return isRenewal ? "anna-2" : "anna-1";
  });
  await until(() => expect(state(client).me?.id).toBe(ANNA.id));
  expect(given).toEqual([false, true]);
});

test("Signing out after the session was over leaves nothing in the browser either", async () => {
  let token: string | null = jwt(ANNA.id);
  const client = start(() => token);
  client.lists.load(ALL);
  await online(client);
  await until(() => expect(names(client)).toEqual(["У Анны"]));
  token = null;
  accounts.clear();
  FakeSocket.last.drop(4401);
  await until(() => expect(state(client).connection.state).toBe("offline"));
  client.connection.retryNow();
  await until(() => expect(state(client).connection.state).toBe("signed_out"));
  expect(await leftOf(ANNA.id)).not.toBeNull();
  await client.signOut();
  expect(await leftOf(ANNA.id)).toBeNull();
});
