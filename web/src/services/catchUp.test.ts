import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ChangeFrame, MessageNew } from "../model/frames";
import type { Message, SyncAnswer } from "../model/types";
import { EMPTY_TIMELINE, listKey } from "../store/state";
import { type ChatStore, createChatStore } from "../store/store";
import { makeConversation, makeMe, makeMessage } from "../testing";
import { createStubApi, page, type StubApi } from "../testing/api";
import { ApiError, networkError } from "./apiError";
import { CatchUp } from "./catchUp";

let store: ChatStore;
let api: StubApi;
let catchUp: CatchUp;
const lists = {
  loadUnread: vi.fn(async () => {}),
  refresh: vi.fn(async (_id: number) => {}),
  refreshFirstPage: vi.fn(async () => {}),
};
const timelines = { reloadOpen: vi.fn(async () => {}) };
const onFrame = vi.fn<(frame: ChangeFrame) => Promise<Message> | null>();
const onNews = vi.fn();
const onSignedOut = vi.fn();

const answer = (part: Partial<SyncAnswer> = {}): SyncAnswer => ({
  rev: 100,
  conversations: [],
  messages: [],
  removed_conversation_ids: [],
  reset: false,
  ...part,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.clearAllMocks();
  onFrame.mockImplementation(() => null);
  store = createChatStore({ me: makeMe(), rev: 50, conversations: { 1: makeConversation({ id: 1 }) } });
  api = createStubApi({ sync: async () => answer() });
  catchUp = new CatchUp({ store, api, lists, timelines, onFrame, onNews, onSignedOut, random: () => 0.5 });
});

afterEach(() => {
  catchUp.interrupt();
  vi.useRealTimers();
});

const rev = () => store.getState().rev;
const told = () => onNews.mock.calls.flatMap(([messages]) => messages.map((one: Message) => one.id));

/** The socket went down and came back. */
async function again(part: Partial<SyncAnswer>): Promise<void> {
  catchUp.interrupt();
  api.on({ sync: async () => answer(part) });
  await catchUp.run();
  await vi.advanceTimersByTimeAsync(0);
}

test("One sync from where I was; its news in one piece", async () => {
  await catchUp.run();
  const news = [makeMessage({ id: 500 }), makeMessage({ id: 502 })];
  await again({ messages: [news[0]!, makeMessage({ id: 501, is_read: true }), news[1]!], rev: 110 });
  expect(api.calls.sync).toEqual([[50], [100]]);
  expect(onNews).toHaveBeenLastCalledWith(news);
  expect(rev()).toBe(110);
});

test("What the first answer of a visit brings is in the list, and is told by nobody", async () => {
  api.on({ sync: async () => answer({ messages: [makeMessage({ id: 500 })] }) });
  await catchUp.run();
  await vi.advanceTimersByTimeAsync(0);
  expect(told()).toEqual([]);
  await again({ messages: [makeMessage({ id: 501 })] });
  expect(told()).toEqual([501]);
});

test("Of this visit is what is newer than its beginning: a frame may be of a message that was there before", async () => {
  expect(catchUp.isOfThisVisit(frame(1000))).toBe(false);
  await catchUp.run();
  expect([99, 100, 101].map((rev) => catchUp.isOfThisVisit(frame(rev)))).toEqual([false, false, true]);
  await again({ rev: 200 });
  expect(catchUp.isOfThisVisit(frame(150))).toBe(true); // it may be committed after the answer was made
});

test("What came during the absence and what came during the answer is one piece", async () => {
  await catchUp.run();
  onFrame.mockImplementation(async (one) => (one as MessageNew).message);
  catchUp.interrupt();
  api.on({ sync: async () => answer({ messages: [makeMessage({ id: 500 })], rev: 110 }) });
  const running = catchUp.run();
  catchUp.holds(frame(120));
  onNews.mockClear();
  await running;
  await vi.advanceTimersByTimeAsync(0);
  expect(onNews).toHaveBeenCalledTimes(1);
  expect(told()).toEqual([500, 720]);
});

const frame = (rev: number): MessageNew => ({
  type: "message.new",
  conversation_id: 1,
  rev,
  message: makeMessage({ id: 600 + rev, rev }),
  unread_count: 1,
});

test("Frames wait for the sync, which may be older than they are; then they come in their order", async () => {
  let release = (_: SyncAnswer) => {};
  api.on({
    sync: () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  });
  const running = catchUp.run();
  expect(catchUp.holds(frame(120))).toBe(true);
  expect(catchUp.holds(frame(121))).toBe(true);
  expect(catchUp.holds({ type: "pong", conversation_id: null, rev: null })).toBe(false);
  expect(onFrame).not.toHaveBeenCalled();
  onFrame.mockImplementationOnce(() => {
    expect(rev()).toBe(100);
    return null;
  });
  release(answer());
  await running;
  expect(onFrame.mock.calls).toEqual([[frame(120)], [frame(121)]]);
  expect(catchUp.holds(frame(130))).toBe(false);
});

test("A connection lost in the middle keeps the position where it was", async () => {
  api.on({ sync: () => Promise.reject(networkError()) });
  const running = catchUp.run();
  await vi.advanceTimersByTimeAsync(10);
  catchUp.holds(frame(120));
  catchUp.interrupt();
  expect(await running).toBe(false);
  expect(rev()).toBe(50);
  api.on({ sync: async () => answer() });
  await catchUp.run();
  expect(onFrame).not.toHaveBeenCalled(); // that sync has brought it
});

test("A sync that fails is tried again while the socket is open", async () => {
  let failures = 2;
  api.on({
    sync: async () => {
      failures -= 1;
      if (failures >= 0) throw new ApiError(503, "unavailable", "", 1);
      return answer();
    },
  });
  const running = catchUp.run();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await running).toBe(true);
  expect(api.calls.sync).toHaveLength(3);
});

test("Too long away: everything anew, the open conversation too", async () => {
  const fresh = makeConversation({ id: 2 });
  const old = { ...EMPTY_TIMELINE, status: "ready" as const, messages: [makeMessage()] };
  store.setState({ timelines: { 1: old, 3: old }, activeId: 1 });
  api.on({
    sync: async () => answer({ reset: true }),
    getConversations: async () => page([fresh], { next: "n" }),
  });
  await catchUp.run();
  const state = store.getState();
  expect(Object.keys(state.conversations)).toEqual(["1", "2"]); // the open one stays until its own answer
  expect(Object.keys(state.timelines)).toEqual(["1"]);
  expect(state.lists[listKey("all", "")]).toMatchObject({ nextPage: 2 });
  expect(timelines.reloadOpen).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(told()).toEqual([]);
  expect(rev()).toBe(100);
});

test("Nobody is signed in any more: it says so and ends", async () => {
  api.on({ sync: () => Promise.reject(new ApiError(401, "not_authenticated", "")) });
  expect(await catchUp.run()).toBe(false);
  expect(onSignedOut).toHaveBeenCalledTimes(1);
});

test("Unread messages beyond the first page are counted, too", async () => {
  store.setState({ me: makeMe({ unread_total: 9 }) });
  await catchUp.run();
  expect(lists.loadUnread).toHaveBeenCalledTimes(1);
});

test("After a longer absence it is asked who is online, not by everybody at once", async () => {
  await catchUp.run();
  catchUp.interrupt();
  await vi.advanceTimersByTimeAsync(10_000);
  await catchUp.run();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lists.refreshFirstPage).not.toHaveBeenCalled();
  catchUp.interrupt();
  await vi.advanceTimersByTimeAsync(60_000);
  await catchUp.run();
  expect(lists.refreshFirstPage).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_100);
  expect(lists.refreshFirstPage).toHaveBeenCalledTimes(1);
});

test("what is gone from the list and open stays open, and the server is asked about it", async () => {
  for (const activeId of [7, 1]) {
    store.setState({ activeId }); // 7: its address was quicker than the server
    await again({ removed_conversation_ids: [activeId] });
    expect(store.getState().activeId).toBe(activeId);
    expect(store.getState().unlisted).toContain(activeId);
    expect(lists.refresh).toHaveBeenLastCalledWith(activeId);
  }
});

test("what is gone from the list and not open is gone", async () => {
  await again({ removed_conversation_ids: [1] });
  expect(store.getState().conversations).toEqual({});
  expect(lists.refresh).not.toHaveBeenCalled();
});
