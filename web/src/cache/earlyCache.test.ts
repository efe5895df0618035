import { afterEach, expect, test, vi } from "vitest";
import { makeConversation, makeMe } from "../testing";
import { until } from "../testing/api";
import type { Cache } from "./cache";
import { databaseName } from "./database";
import { EarlyCache } from "./earlyCache";
import { IdbCache } from "./idbCache";
import { openCache } from "./openCache";

let number = 0;
const opened: Cache[] = [];

/** A bridge of which this browser keeps one conversation of person 1. */
async function visited(): Promise<string> {
  number += 1;
  const server = `http://early${number}.test`;
  const cache = await openCache(server, 1);
  await cache.write({ me: makeMe({ id: 1 }), rev: 5, conversations: [makeConversation({ id: 3 })] });
  cache.close();
  return server;
}

afterEach(() => {
  for (const cache of opened.splice(0)) cache.close();
});

test("what is kept is read before anybody asks, and handed over with the cache", async () => {
  const server = await visited();
  const early = new EarlyCache(`${server}/api/chat/`, 1);
  expect(early.startFor(server, 1)).toBeNull(); // not there yet
  await early.isRead;
  expect(early.startFor(server, 1)?.conversations.map(({ id }) => id)).toEqual([3]);
  const taken = early.take(server, 1)!;
  opened.push(await taken.cache);
  expect((await taken.start).rev).toBe(5);
});

test("it is handed over once: what was taken may be wiped by its owner, and is not shown again", async () => {
  const server = await visited();
  const early = new EarlyCache(server, 1);
  await early.isRead;
  const cache = await early.take(server, 1)!.cache;
  await cache.wipe();
  expect(early.startFor(server, 1)).toBeNull();
  expect(early.take(server, 1)).toBeNull();
});

test("taken before it is read, it keeps nothing for the next", async () => {
  const server = await visited();
  const early = new EarlyCache(server, 1);
  opened.push(await early.take(server, 1)!.cache);
  await early.isRead;
  expect(early.startFor(server, 1)).toBeNull();
});

const OTHERS: [string, (server: string) => [server: string, personId: number]][] = [
  ["another person", (server) => [server, 2]],
  ["the same number at another bridge", (server) => [`${server}:444`, 1]],
];

test.each(OTHERS)("%s is shown nothing of it, and it is closed", async (_, whoOf) => {
  const server = await visited();
  const close = vi.spyOn(IdbCache.prototype, "close");
  const early = new EarlyCache(server, 1);
  await early.isRead;
  expect(early.startFor(...whoOf(server))).toBeNull();
  expect(early.take(...whoOf(server))).toBeNull();
  expect(early.startFor(server, 1)).toBeNull();
  await until(() => expect(close).toHaveBeenCalledOnce());
});

test("it does not stand in the way of another window that signs out", async () => {
  const server = await visited();
  const early = new EarlyCache(server, 1);
  await early.isRead;
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(server, 1));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The deletion waits for the early cache."));
  });
  const cache = await early.take(server, 1)!.cache;
  opened.push(cache);
  expect((await cache.load()).conversations).toEqual([]);
});
