/** What becomes of a cache that another release has written. */
import { openDB } from "idb";
import { afterEach, expect, test } from "vitest";
import { stateOfKept } from "../store/kept";
import { EMPTY_DRAFT } from "../store/state";
import { makeConversation, makeMe, makeMessage, NOW } from "../testing";
import type { Cache } from "./cache";
import { databaseName, VERSION } from "./database";
import { EarlyCache } from "./earlyCache";
import { openCache } from "./openCache";

const opened: { close(): void }[] = [];
let number = 0;
const newServer = () => {
  number += 1;
  return `http://versions${number}.test`;
};

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

const reply = makeMessage({ id: 90, text: "Когда контрольная?" });
const entry = {
  clientId: "a",
  seq: 1,
  personId: 1,
  conversationId: 3,
  text: "Завтра",
  mentions: [5],
  createdAt: NOW,
  status: "waiting",
  error: null,
  file: null,
};

/** As version 1 has left it, whose `me` had no `matrix` at first. */
async function leftByFirst(server: string, version = 1) {
  const db = await openDB(databaseName(server, 1), version, {
    upgrade(made) {
      made.createObjectStore("conversations", { keyPath: "id" });
      made.createObjectStore("timelines", { keyPath: "conversationId" });
      made
        .createObjectStore("outbox", { keyPath: "clientId" })
        .createIndex("byConversation", "conversationId");
      made.createObjectStore("drafts", { keyPath: "conversationId" });
      made.createObjectStore("meta");
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  const { matrix: _, ...me } = makeMe({ id: 1 });
  await db.put("meta", me, "me");
  await db.put("meta", 77, "rev");
  await db.put("conversations", makeConversation({ id: 3 }));
  await db.put("timelines", { conversationId: 3, messages: [reply] });
  await db.put("outbox", { ...entry, replyTo: reply });
  await db.put("outbox", { ...entry, clientId: "b", seq: 2, replyTo: null });
  await db.put("drafts", { conversationId: 3, text: "Начато", replyTo: reply, editing: null });
  await db.put("drafts", { conversationId: 4, text: "Изменено", replyTo: null, editing: reply });
  await db.put("drafts", { conversationId: 5, text: "", replyTo: reply, editing: null });
  const before = { text: "До правки", mentions: [], replyTo: null };
  await db.put("drafts", { conversationId: 6, text: "Изменено", replyTo: null, editing: reply, before });
  return db;
}

async function openHere(server: string): Promise<Cache> {
  const cache = await openCache(server, 1);
  opened.push(cache);
  return cache;
}

const NOTHING_TOLD = { me: null, rev: null, conversations: [] };

test("of an older release nothing that the server has told is shown: not a person without their new fields", async () => {
  const server = newServer();
  (await leftByFirst(server)).close();
  const cache = await openHere(server);
  expect(await cache.load()).toMatchObject(NOTHING_TOLD);
  expect(await cache.loadTimeline(3)).toEqual([]);
});

test("nor by the early cache, which is drawn before the program asks anybody", async () => {
  const server = newServer();
  (await leftByFirst(server)).close();
  const early = new EarlyCache(server, 1);
  await early.isRead;
  expect(stateOfKept(early.startFor(server, 1)!)).toMatchObject({
    me: null,
    rev: null,
    conversations: {},
    isStale: false,
  });
  early.discard();
});

test("what was written and not sent comes along, with the words that it answers", async () => {
  const server = newServer();
  (await leftByFirst(server)).close();
  const cache = await openHere(server);
  const replyTo = { id: 90, sender_name: reply.sender!.name, text: "Когда контрольная?" };
  expect(await cache.listOutbox(3)).toEqual([
    { ...entry, replyTo },
    { ...entry, clientId: "b", seq: 2, replyTo: null },
  ]);
});

test("of drafts the words come along; a change that was begun does not become a new message", async () => {
  const server = newServer();
  (await leftByFirst(server)).close();
  const cache = await openHere(server);
  expect((await cache.load()).drafts).toEqual({
    3: { ...EMPTY_DRAFT, text: "Начато" },
    6: { ...EMPTY_DRAFT, text: "До правки" },
  });
});

test("a window of the older release that is still open gives way", async () => {
  const server = newServer();
  opened.push(await leftByFirst(server));
  expect(await (await openHere(server)).load()).toMatchObject(NOTHING_TOLD);
});

test("what a newer release has written is neither read nor touched; this one keeps in memory", async () => {
  const server = newServer();
  (await leftByFirst(server, VERSION + 1)).close();
  const cache = await openHere(server);
  expect(await cache.load()).toMatchObject(NOTHING_TOLD);
  await cache.write({ rev: 5 });
  expect((await cache.load()).rev).toBe(5);
  const newer = await openDB(databaseName(server, 1));
  opened.push(newer);
  expect(await newer.get("meta", "rev")).toBe(77);
});

test("the same release finds everything as it was", async () => {
  const server = newServer();
  const first = await openCache(server, 1);
  await first.write({ me: makeMe({ id: 1 }), rev: 5, conversations: [makeConversation({ id: 3 })] });
  first.close();
  expect(await (await openHere(server)).load()).toMatchObject({
    me: { id: 1 },
    rev: 5,
    conversations: [{ id: 3 }],
  });
});
