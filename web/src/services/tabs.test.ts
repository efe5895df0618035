import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryCache } from "../cache/memoryCache";
import { until } from "../testing/api";
import { createLock, leaseLock } from "./lock";
import { Tabs } from "./tabs";

const opened: Tabs[] = [];
const open = (scope: string, handlers = { onOutbox: vi.fn(), onSignOut: vi.fn() }) => {
  const tabs = new Tabs(scope, handlers);
  opened.push(tabs);
  return { tabs, ...handlers };
};

afterEach(() => {
  for (const tabs of opened.splice(0)) tabs.stop();
});

const ids = async (tabs: Tabs) => (await tabs.list()).map((tab) => tab.id).sort();

test("Windows know each other, whichever came first, and what each has open", async () => {
  const one = open("a").tabs;
  const two = open("a").tabs;
  const stranger = open("b").tabs;
  await until(async () => expect(await ids(one)).toEqual([one.id, two.id].sort()));
  await until(async () => expect(await ids(two)).toEqual([one.id, two.id].sort()));
  expect(await ids(stranger)).toEqual([stranger.id]);
  two.setActive(7);
  await until(async () => expect((await one.list()).find((tab) => tab.id === two.id)!.activeId).toBe(7));
});

test("A closed window is forgotten", async () => {
  const one = open("c").tabs;
  const two = open("c").tabs;
  await until(async () => expect(await ids(one)).toHaveLength(2));
  two.stop();
  await until(async () => expect(await ids(one)).toEqual([one.id]));
});

test("What one window does to the outbox, and signing out, reaches the others and not itself", async () => {
  const one = open("d");
  const two = open("d");
  one.tabs.tellOutbox(5);
  one.tabs.tellSignOut();
  await until(() => expect(two.onOutbox).toHaveBeenCalledWith(5));
  await until(() => expect(two.onSignOut).toHaveBeenCalledTimes(1));
  expect(one.onOutbox).not.toHaveBeenCalled();
  expect(one.onSignOut).not.toHaveBeenCalled();
});

describe("Where the browser lets a page keep nothing, and denies it the locks", () => {
  const deny = () => Promise.reject(new DOMException("Access to the Locks API is denied.", "SecurityError"));

  beforeEach(() => {
    vi.stubGlobal("navigator", { ...navigator, locks: { request: vi.fn(deny), query: vi.fn(deny) } });
    return () => vi.unstubAllGlobals();
  });

  test("the windows know each other all the same", async () => {
    const one = open("e").tabs;
    const two = open("e").tabs;
    await until(async () => expect(await ids(one)).toEqual([one.id, two.id].sort()));
  });

  test("work is done under a lease; what goes wrong in it goes wrong once", async () => {
    const lock = createLock(new MemoryCache(), "e");
    const work = vi.fn(async () => undefined);
    await lock("x", work);
    expect(work).toHaveBeenCalledTimes(1);
    const fault = new DOMException("no", "SecurityError");
    work.mockRejectedValueOnce(fault);
    vi.stubGlobal("navigator", {
      ...navigator,
      locks: { request: (_: string, run: () => unknown) => run() },
    });
    await expect(createLock(new MemoryCache(), "e")("x", work)).rejects.toBe(fault);
    expect(work).toHaveBeenCalledTimes(2);
  });
});

test("Without Web Locks a lease lets one window work at a time, and the next one after it", async () => {
  const cache = new MemoryCache();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push(`${name} ends`);
  };
  const one = leaseLock(cache, "one", 5);
  const two = leaseLock(cache, "two", 5);
  await Promise.all([one("x", work("one")), two("x", work("two"))]);
  expect(log).toEqual(["one begins", "one ends", "two begins", "two ends"]);
});

test("A lease is given back when the work fails", async () => {
  const cache = new MemoryCache();
  const one = leaseLock(cache, "one", 5);
  await expect(one("x", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await cache.lease("x", "two", Date.now() + 1000, Date.now() + 1)).toBe(true);
});
