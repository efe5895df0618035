import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EMPTY_TIMELINE } from "../store/state";
import { type ChatStore, createChatStore } from "../store/store";
import { makeConversation, makeMe, makeMessage, TEACHER } from "../testing";
import { createStubApi, type StubApi } from "../testing/api";
import { ApiError, networkError } from "./apiError";
import { ReadService } from "./readService";

let store: ChatStore;
let api: StubApi;
let reads: ReadService;
let isLooking: boolean;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const messages = [100, 101, 102, 103].map((id) => makeMessage({ id, rev: id }));
  const last_message = { ...makeConversation().last_message!, id: 103 };
  store = createChatStore({
    me: makeMe(),
    conversations: { 1: makeConversation({ id: 1, unread_count: 4, last_message }) },
    timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", messages } },
  });
  api = createStubApi({ markRead: async () => ({ status: "ok", unread_count: 0 }) });
  isLooking = true;
  reads = new ReadService(store, api, () => isLooking);
  reads.start();
});

afterEach(() => {
  reads.stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const unread = () => store.getState().conversations[1]!.unread_count;

test("What scrolls by is told in one call, and counted down at once", async () => {
  for (const id of [100, 101, 102]) reads.seen(1, id);
  expect(unread()).toBe(1);
  expect(api.calls.markRead).toEqual([]);
  await pass(400);
  expect(api.calls.markRead).toEqual([[102]]);
});

test("Nothing is told twice, or backwards", async () => {
  reads.seen(1, 103);
  await pass(400);
  reads.seen(1, 103);
  reads.seen(1, 100);
  await pass(400);
  expect(api.calls.markRead).toEqual([[103]]);
});

test("On screen while nobody looks: told when somebody does", async () => {
  isLooking = false;
  reads.seen(1, 103);
  await pass(1_000);
  expect(api.calls.markRead).toEqual([]);
  expect(unread()).toBe(4);
  isLooking = true;
  window.dispatchEvent(new Event("focus"));
  await pass(400);
  expect(api.calls.markRead).toEqual([[103]]);
  expect(unread()).toBe(0);
});

test("On screen while nobody looked, then left: not read", async () => {
  isLooking = false;
  reads.seen(1, 103);
  reads.forgetUnseen();
  isLooking = true;
  window.dispatchEvent(new Event("focus"));
  await pass(400);
  expect(api.calls.markRead).toEqual([]);
});

test("My own message at the end, all else read: nothing to tell", async () => {
  const mine = makeMessage({ id: 200, sender: TEACHER });
  const messages = [makeMessage({ id: 100, is_read: true }), mine];
  store.setState({
    conversations: { 1: makeConversation({ id: 1, unread_count: 0 }) },
    timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", messages } },
  });
  reads.seen(1, 200);
  await pass(400);
  expect(api.calls.markRead).toEqual([]);
});

test("A message on its way has no number yet", async () => {
  reads.seen(1, -5);
  await pass(400);
  expect(api.calls.markRead).toEqual([]);
});

test("Without a network it is told later, as far as it has come by then", async () => {
  api.on({ markRead: () => Promise.reject(networkError()) });
  reads.seen(1, 100);
  await pass(400);
  reads.seen(1, 103);
  api.on({ markRead: async () => ({ status: "ok", unread_count: 0 }) });
  reads.retryNow();
  await pass(1);
  expect(api.calls.markRead.at(-1)).toEqual([103]);
});

test("A message that is gone is not asked for again", async () => {
  api.on({ markRead: () => Promise.reject(new ApiError(404, "not_found", "")) });
  reads.seen(1, 103);
  await pass(60_000);
  expect(api.calls.markRead).toHaveLength(1);
});

test("The server's count is the right one", async () => {
  api.on({ markRead: async () => ({ status: "ok", unread_count: 2 }) });
  reads.seen(1, 103);
  await pass(400);
  expect(unread()).toBe(2);
});
