import { afterEach, expect, test, vi } from "vitest";
import { EMPTY_STATE, EMPTY_TIMELINE, type OutboxEntry } from "../store/state";
import { createChatStore } from "../store/store";
import { makeConversation, makeDraft, makeEntry, makeMe, makeMessage } from "../testing";
import { until } from "../testing/api";
import type { Cache } from "./cache";
import { databaseName } from "./database";
import { IdbCache } from "./idbCache";
import { MemoryCache } from "./memoryCache";
import { openCache } from "./openCache";
import { changesBetween, WriteBehind } from "./writeBehind";

const opened: Cache[] = [];
let number = 0;
const newName = () => {
  number += 1;
  return `cache-test-${number}`;
};

async function openIdb(name = newName()): Promise<Cache> {
  const cache = await IdbCache.open(name, () => {});
  opened.push(cache);
  return cache;
}

afterEach(() => {
  for (const cache of opened.splice(0)) cache.close();
  vi.unstubAllGlobals();
});

const entry = (clientId: string, part: Partial<OutboxEntry> = {}): OutboxEntry =>
  makeEntry({ clientId, text: "а", ...part });

const kinds: [string, () => Promise<Cache>][] = [
  ["IndexedDB", () => openIdb()],
  ["memory", async () => new MemoryCache()],
];

test.each(kinds)("%s gives back what was written", async (_, open) => {
  const cache = await open();
  const conversation = makeConversation({ id: 1 });
  const draft = makeDraft({ text: "Начато", replyTo: makeMessage() });
  await cache.write({
    me: makeMe(),
    rev: 7,
    conversations: [conversation],
    drafts: [[1, draft]],
    timelines: [[1, [makeMessage({ id: 9 })]]],
  });
  expect(await cache.load()).toEqual({
    me: makeMe(),
    rev: 7,
    conversations: [conversation],
    drafts: { 1: draft },
  });
  expect((await cache.loadTimeline(1)).map((message) => message.id)).toEqual([9]);
  await cache.write({ removedConversations: [1], drafts: [[1, null]] });
  expect(await cache.load()).toMatchObject({ conversations: [], drafts: {}, rev: 7 });
  expect(await cache.loadTimeline(1)).toEqual([]);
});

test.each(kinds)("%s keeps the outbox in the order of sending", async (_, open) => {
  const cache = await open();
  await cache.putOutbox([
    entry("b", { seq: 2 }),
    entry("a", { seq: 1 }),
    entry("c", { seq: 3, conversationId: 2 }),
  ]);
  expect((await cache.listOutbox(1)).map((one) => one.clientId)).toEqual(["a", "b"]);
  expect(await cache.updateOutbox("a", (one) => ({ ...one, status: "failed" }))).toBe(true);
  expect(await cache.updateOutbox("gone", (one) => one)).toBe(false);
  await cache.deleteOutbox("b");
  expect((await cache.listOutbox()).map((one) => [one.clientId, one.status])).toEqual([
    ["a", "failed"],
    ["c", "waiting"],
  ]);
});

test.each(kinds)("%s gives a lease to one at a time", async (_, open) => {
  const cache = await open();
  expect(await cache.lease("x", "one", 1000, 0)).toBe(true);
  expect(await cache.lease("x", "two", 1000, 500)).toBe(false);
  expect(await cache.lease("x", "one", 2000, 900)).toBe(true);
  expect(await cache.lease("x", "two", 9000, 2001)).toBe(true); // its holder has died
});

test.each(kinds)("%s forgets everything when wiped", async (_, open) => {
  const cache = await open();
  await cache.write({ me: makeMe(), rev: 1, conversations: [makeConversation()] });
  await cache.putOutbox([entry("a")]);
  await cache.wipe();
  const again =
    cache instanceof MemoryCache ? cache : await openIdb((cache as unknown as { name: string }).name);
  expect(await again.load()).toEqual({ me: null, rev: null, conversations: [], drafts: {} });
  expect(await again.listOutbox()).toEqual([]);
});

test("An older conversation of a slower window never replaces a newer one", async () => {
  const cache = await openIdb();
  await cache.write({ conversations: [makeConversation({ id: 1, rev: 9, name: "Новое" })] });
  await cache.write({ conversations: [makeConversation({ id: 1, rev: 8, name: "Старое" })] });
  expect((await cache.load()).conversations[0]!.name).toBe("Новое");
});

test("A blob on its way survives closing the window", async () => {
  const name = newName();
  const file = { name: "a.txt", size: 3, mimeType: "text/plain", blob: new Blob(["abc"]), fileId: null };
  const first = await openIdb(name);
  await first.putOutbox([entry("a", { file })]);
  first.close();
  const [kept] = await (await openIdb(name)).listOutbox();
  expect(kept!.file).toMatchObject({ name: "a.txt", fileId: null });
});

test("When the person changes, what the other one has left is deleted", async () => {
  const server = `server-${Math.random()}`;
  const first = await openCache(server, 1);
  await first.write({ me: makeMe() });
  first.close();
  const second = await openCache(server, 2);
  opened.push(second);
  expect((await second.load()).me).toBeNull();
  await until(async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    expect(names).toContain(databaseName(server, 2));
    expect(names).not.toContain(databaseName(server, 1));
  });
});

test("When the person changes, only what the other one has sent in vain waits for them", async () => {
  const server = `server-${Math.random()}`;
  const draft = makeDraft({ text: "Начато" });
  const first = await openCache(server, 1);
  await first.write({
    me: makeMe(),
    rev: 7,
    conversations: [makeConversation()],
    timelines: [[1, [makeMessage()]]],
    drafts: [[1, draft]],
  });
  await first.putOutbox([entry("a")]);
  first.close();
  const second = await openCache(server, 2);
  opened.push(second);
  expect(await second.listOutbox()).toEqual([]);
  await until(async () => {
    const left = await IdbCache.open(databaseName(server, 1), () => {});
    const [start, messages] = [await left.load(), await left.loadTimeline(1)];
    left.close();
    expect(start).toEqual({ me: null, rev: null, conversations: [], drafts: {} });
    expect(messages).toEqual([]);
  });
  const back = await openCache(server, 1);
  opened.push(back);
  expect(await back.listOutbox()).toEqual([entry("a")]);
});

test("Without IndexedDB everything is kept in memory", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const cache = await openCache("none", 1);
  await cache.putOutbox([entry("a")]);
  expect((await cache.listOutbox()).map((one) => one.clientId)).toEqual(["a"]);
});

test("When the database goes away, what is on its way is not lost", async () => {
  const server = `server-${Math.random()}`;
  const cache = await openCache(server, 1);
  await cache.putOutbox([entry("a")]);
  // Another window deletes it: signed out there.
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(server, 1));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  await cache.putOutbox([entry("b", { seq: 2 })]);
  expect((await cache.listOutbox()).map((one) => one.clientId)).toEqual(["a", "b"]);
});

test("A burst of changes is one write, and only of what has changed", async () => {
  const cache = new MemoryCache();
  const write = vi.spyOn(cache, "write");
  const store = createChatStore({ conversations: { 1: makeConversation({ id: 1 }) } });
  const behind = new WriteBehind(store, cache);
  const two = makeConversation({ id: 2 });
  for (const rev of [1, 2, 3])
    store.setState((state) => ({ rev, conversations: { ...state.conversations, 2: two } }));
  await until(() => expect(write).toHaveBeenCalledTimes(1));
  expect(write.mock.calls[0]![0]).toEqual({ rev: 3, conversations: [two], removedConversations: [] });
  behind.stop();
  store.setState({ rev: 4, conversations: {} });
  await behind.flush();
});

test("Signals of the moment are not worth a write", () => {
  const after = { ...EMPTY_STATE, presence: { 1: { isOnline: true, lastSeen: null } }, activeId: 3 };
  expect(changesBetween(EMPTY_STATE, after)).toBeNull();
});

test("Only windows that reach the end are kept, and of them the end", () => {
  const messages = Array.from({ length: 100 }, (_, index) => makeMessage({ id: index + 1 }));
  const ready = { ...EMPTY_TIMELINE, status: "ready" as const, messages };
  const timelines = { 1: ready, 2: { ...ready, hasNewer: true }, 3: { ...ready, isStale: true } };
  const batch = changesBetween(EMPTY_STATE, { ...EMPTY_STATE, timelines })!;
  expect(batch.timelines!.map(([id, kept]) => [id, kept.length, kept.at(-1)!.id])).toEqual([[1, 60, 100]]);
});

test("A draft that was sent is deleted", () => {
  const before = { ...EMPTY_STATE, drafts: { 1: makeDraft({ text: "а" }) } };
  expect(changesBetween(before, EMPTY_STATE)!.drafts).toEqual([[1, null]]);
});
