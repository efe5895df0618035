import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryCache } from "../cache/memoryCache";
import type { Message } from "../model/types";
import { type ChatStore, createChatStore } from "../store/store";
import { makeConversation, makeMe, makeMessage, makeParticipant, TEACHER } from "../testing";
import { createStubApi, page, type StubApi, until } from "../testing/api";
import { ApiError, networkError } from "./apiError";
import type { MessageWindow } from "./chatService";
import { ListService } from "./listService";
import { ReadService } from "./readService";
import { TimelineService } from "./timelineService";

let store: ChatStore;
let api: StubApi;
let cache: MemoryCache;
let timelines: TimelineService;
let history: Message[];

/** As the bridge answers: pages of ascending messages, `next` leads to older, `previous` to newer ones. */
function serve(_: number, { before, after, around, limit = 50 }: MessageWindow) {
  let from = history.length - limit;
  if (before !== undefined) from = history.findIndex((message) => message.id >= before) - limit;
  if (after !== undefined) from = history.findIndex((message) => message.id > after);
  if (around !== undefined)
    from = history.findIndex((message) => message.id >= around) - Math.floor(limit / 2);
  const start = Math.max(0, from);
  const end = before === undefined ? start + limit : from + limit;
  const results = history.slice(start, end);
  const next = start > 0 ? "http://school.test/older" : null;
  const previous = end < history.length ? "http://school.test/newer" : null;
  return Promise.resolve(page(results, { next, previous }));
}

beforeEach(() => {
  history = Array.from({ length: 300 }, (_, index) =>
    makeMessage({ id: index + 1, rev: index + 1, is_read: true }),
  );
  store = createChatStore({
    me: makeMe(),
    conversations: { 1: makeConversation({ id: 1 }), 2: makeConversation({ id: 2 }) },
  });
  api = createStubApi({
    getConversation: async (id) => makeConversation({ id }),
    getMessages: serve,
    markRead: async () => ({ status: "ok", unread_count: 0 }),
  });
  cache = new MemoryCache();
  const queries = new QueryClient();
  const reads = new ReadService(store, api, () => true);
  const ready = () => Promise.resolve();
  const lists = new ListService(store, api, ready);
  timelines = new TimelineService({ store, api, queries, reads, lists, cache: () => cache, ready });
});

afterEach(() => {
  vi.useRealTimers();
});

const timeline = (id = 1) => store.getState().timelines[id];
const range = (id = 1) => [timeline(id)?.messages[0]?.id, timeline(id)?.messages.at(-1)?.id];
const opened = async () => {
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ status: "ready", isStale: false }));
};

test("Opened at its end; older pages follow to the very first message", async () => {
  await opened();
  expect(range()).toEqual([251, 300]);
  for (let first = 201; first >= 1; first -= 50) {
    timelines.loadOlder(1);
    await until(() => expect(range()[0]).toBe(first));
  }
  expect(timeline()!.hasOlder).toBe(false);
  const calls = api.calls.getMessages.length;
  timelines.loadOlder(1);
  expect(api.calls.getMessages).toHaveLength(calls);
});

test("Many wishes for the same older page are one call", async () => {
  await opened();
  for (let wish = 0; wish < 5; wish += 1) timelines.loadOlder(1);
  await until(() => expect(range()[0]).toBe(201));
  expect(api.calls.getMessages).toHaveLength(2);
});

test("The cached messages are there before the server answers, and then its own", async () => {
  await cache.write({ timelines: [[1, [makeMessage({ id: 300, rev: 1, text: "alt" })]]] });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  api.on({ getMessages: async (id, window) => held.then(() => serve(id, window)) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ status: "ready", isStale: true }));
  expect(range()).toEqual([300, 300]);
  timelines.loadOlder(1); // nothing yet: what the cache has may have holes behind it
  release();
  await until(() => expect(range()).toEqual([251, 300]));
  expect(api.calls.getMessages).toHaveLength(1);
});

test("The divider stands at the first unread message, and stays there while it is read", async () => {
  history = history.map((message) => (message.id > 290 ? { ...message, is_read: false } : message));
  store.setState({ conversations: { 1: makeConversation({ id: 1, unread_count: 10 }) } });
  await opened();
  expect(timeline()!.firstUnreadId).toBe(291);
  timelines.seen(1, 300);
  expect(timeline()!.messages.at(-1)!.is_read).toBe(true);
  expect(timeline()!.firstUnreadId).toBe(291);
  timelines.open(2);
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ isStale: false, firstUnreadId: null }));
});

test("What was read on another machine meanwhile is not divided off, whatever the cache says", async () => {
  await cache.write({
    timelines: [[1, [makeMessage({ id: 299, rev: 1 }), makeMessage({ id: 300, rev: 1 })]]],
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  api.on({ getMessages: async (id, window) => held.then(() => serve(id, window)) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ isStale: true, firstUnreadId: 299 }));
  release();
  await until(() => expect(timeline()).toMatchObject({ isStale: false, firstUnreadId: null }));
});

test("Back in a chat that frames have kept up to date: nothing is asked for; after an absence it is", async () => {
  store.setState({ connection: { state: "online", retryAt: null } });
  await opened();
  timelines.open(2);
  await until(() => expect(timeline(2)).toMatchObject({ status: "ready" }));
  const calls = api.calls.getMessages.length;
  timelines.open(1);
  expect(range()).toEqual([251, 300]);
  expect(api.calls.getMessages).toHaveLength(calls);
  store.setState({ connection: { state: "offline", retryAt: null } });
  timelines.open(2);
  await until(() => expect(api.calls.getMessages).toHaveLength(calls + 1));
});

test("Many unread messages: the page is large enough to begin at the first of them", async () => {
  history = history.map((message) => (message.id > 180 ? { ...message, is_read: false } : message));
  store.setState({ conversations: { 1: makeConversation({ id: 1, unread_count: 120 }) } });
  await opened();
  expect(timeline()!.firstUnreadId).toBe(181);
});

test("More than a page of unread messages: opened around where I stopped reading", async () => {
  history = history.map((message) => (message.id > 20 ? { ...message, is_read: false } : message));
  store.setState({ conversations: { 1: makeConversation({ id: 1, unread_count: 280 }) } });
  const me = makeParticipant({ ...TEACHER, last_read_message_id: 20 });
  api.on({ getParticipants: async () => page([makeParticipant(), me]) });
  await opened();
  expect(timeline()).toMatchObject({ firstUnreadId: 21, hasNewer: true });
});

test("Jumping to an old message shows its surroundings; newer pages lead back; the end is one step", async () => {
  await opened();
  await timelines.jumpTo(1, 100);
  expect(timeline()).toMatchObject({ highlightedId: 100, hasOlder: true, hasNewer: true });
  expect(range()).toEqual([75, 124]);
  timelines.loadNewer(1);
  await until(() => expect(range()).toEqual([75, 174]));
  timelines.jumpToLatest(1);
  await until(() => expect(range()).toEqual([251, 300]));
  expect(timeline()!.hasNewer).toBe(false);
});

test("Jumping to a loaded message asks nobody", async () => {
  await opened();
  await timelines.jumpTo(1, 270);
  expect(timeline()!.highlightedId).toBe(270);
  expect(api.calls.getMessages).toHaveLength(1);
});

test("Jumping to a message that is gone says so", async () => {
  await opened();
  api.on({ getMessages: () => Promise.reject(new ApiError(404, "not_found", "")) });
  await expect(timelines.jumpTo(1, 5)).rejects.toMatchObject({ code: "not_found" });
  expect(range()).toEqual([251, 300]);
});

test("A page that was asked for before a jump is not put beside what it does not touch", async () => {
  await opened();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  api.on({
    getMessages: async (id, window) =>
      window.before ? held.then(() => serve(id, window)) : serve(id, window),
  });
  timelines.loadOlder(1);
  await timelines.jumpTo(1, 100);
  release();
  await until(() => expect(timeline()!.isLoadingOlder).toBe(false));
  expect(range()).toEqual([75, 124]);
});

test("Opened and left before the answer: the later conversation's answer counts", async () => {
  timelines.open(1);
  timelines.open(2);
  await until(() => expect(timeline(2)).toMatchObject({ status: "ready" }));
  expect(store.getState().activeId).toBe(2);
});

test("Nothing to show and no answer: an error that can be retried", async () => {
  api.on({ getMessages: () => Promise.reject(networkError()) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ status: "error", error: { code: "network" } }));
  api.on({ getMessages: serve });
  timelines.retry(1);
  await until(() => expect(timeline()).toMatchObject({ status: "ready", error: null }));
});

test("What can be seen stays on screen when the refresh fails", async () => {
  await cache.write({ timelines: [[1, [makeMessage({ id: 300 })]]] });
  api.on({ getMessages: () => Promise.reject(networkError()) });
  timelines.open(1);
  await until(() => expect(api.calls.getMessages).toHaveLength(1));
  await until(() => expect(timeline()).toMatchObject({ status: "ready", error: null }));
  expect(range()).toEqual([300, 300]);
});

test("After a failed older page the next wish waits a little: scrolling asks all the time", async () => {
  await opened();
  api.on({ getMessages: () => Promise.reject(networkError()) });
  timelines.loadOlder(1);
  await until(() => expect(timeline()!.isLoadingOlder).toBe(false));
  const calls = api.calls.getMessages.length;
  timelines.loadOlder(1);
  expect(api.calls.getMessages).toHaveLength(calls);
});

test("A conversation that no page of the list has brought is asked for, and opens at its first unread message", async () => {
  history = history.map((message) => (message.id > 180 ? { ...message, is_read: false } : message));
  store.setState({ conversations: {} });
  api.on({ getConversation: async (id) => makeConversation({ id, unread_count: 120 }) });
  await opened();
  expect(store.getState().conversations[1]).toMatchObject({ id: 1 });
  expect(timeline()!.firstUnreadId).toBe(181);
});

test("One that is not there, or not for me, is a fault that stays until it is left", async () => {
  api.on({ getConversation: () => Promise.reject(new ApiError(404, "not_found", "")) });
  timelines.open(99);
  await until(() => expect(timeline(99)).toMatchObject({ status: "error", error: { status: 404 } }));
  expect(store.getState().activeId).toBe(99);
  expect(api.calls.getMessages).toHaveLength(0);
});

test("One that could not be asked for is a fault, whatever is kept of its messages; the next try shows it", async () => {
  await cache.write({ timelines: [[1, [makeMessage({ id: 300 })]]] });
  store.setState({ conversations: {} });
  api.on({ getConversation: () => Promise.reject(networkError()) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ status: "error", error: { code: "network" } }));
  api.on({ getConversation: async (id) => makeConversation({ id }) });
  timelines.retry(1);
  await until(() => expect(timeline()).toMatchObject({ status: "ready", error: null, isStale: false }));
  expect(store.getState().conversations[1]).toMatchObject({ id: 1 });
});

test("What was looked at while it was only kept is read when the server has confirmed it", async () => {
  history = history.map((message) => (message.id > 298 ? { ...message, is_read: false } : message));
  store.setState({ conversations: { 1: makeConversation({ id: 1, unread_count: 2 }) } });
  await cache.write({ timelines: [[1, history.slice(-3)]] });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  api.on({ getMessages: async (id, window) => held.then(() => serve(id, window)) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ isStale: true }));
  timelines.seen(1, 300);
  expect(timeline()!.messages.at(-1)).toMatchObject({ id: 300, is_read: false });
  release();
  await until(() => expect(timeline()!.messages.at(-1)).toMatchObject({ id: 300, is_read: true }));
  expect(timeline()!.firstUnreadId).toBe(299); // the divider stays
  await until(() => expect(api.calls.markRead).toEqual([[300]]));
});

test("What was looked at and is not there any more, or in a chat that was left, is not read", async () => {
  await cache.write({ timelines: [[1, [makeMessage({ id: 900 })]]] });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  api.on({ getMessages: async (id, window) => held.then(() => serve(id, window)) });
  timelines.open(1);
  await until(() => expect(timeline()).toMatchObject({ isStale: true }));
  timelines.seen(1, 900);
  release();
  await until(() => expect(timeline()).toMatchObject({ isStale: false }));
  expect(store.getState().myReads).toEqual({});
});
