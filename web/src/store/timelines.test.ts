import { expect, test } from "vitest";
import type { Message } from "../model/types";
import { makeMessage } from "../testing";
import { page } from "../testing/api";
import { joinMessages, mergeMessage } from "./messages";
import { type ChatState, EMPTY_STATE, EMPTY_TIMELINE, type Timeline } from "./state";
import { addNewer, addOlder, KEPT, openConversation, replaceWindow, showCached } from "./timelines";

const run = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => makeMessage({ id: from + index, rev: from + index }));
const ids = (state: ChatState) => state.timelines[1]!.messages.map((message) => message.id);
const withTimeline = (part: Partial<Timeline>): ChatState => ({
  ...EMPTY_STATE,
  timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", ...part } },
});

test("Older pages join before, newer ones behind; the links say whether there is more", () => {
  let state = withTimeline({ messages: run(50, 60), hasOlder: true, hasNewer: true });
  state = addOlder(state, 1, page(run(40, 49), { next: null }));
  expect(ids(state)).toEqual(run(40, 60).map((message) => message.id));
  expect(state.timelines[1]!.hasOlder).toBe(false);
  state = addNewer(state, 1, page(run(61, 70), { previous: "http://school.test/?after=70" }));
  expect(ids(state).at(-1)).toBe(70);
  expect(state.timelines[1]!.hasNewer).toBe(true);
});

test("A page replaces the cached window, and keeps the same objects for what is the same", () => {
  const cached = run(1, 60);
  const state = showCached(EMPTY_STATE, 1, cached);
  expect(state.timelines[1]).toMatchObject({ isStale: true, status: "ready" });
  const fresh = run(31, 80).map((message) => ({ ...message, created_at: cached[0]!.created_at }));
  const after = replaceWindow(state, 1, page(fresh, { next: "http://school.test/?before=31" }));
  expect(ids(after)).toEqual(fresh.map((message) => message.id));
  expect(after.timelines[1]!.messages[0]).toBe(cached[30]);
  expect(after.timelines[1]).toMatchObject({ isStale: false, hasOlder: true, hasNewer: false });
});

test("A message that came by frame while the page was on its way stays", () => {
  const state = withTimeline({ status: "loading", messages: [makeMessage({ id: 81, rev: 81 })] });
  expect(ids(replaceWindow(state, 1, page(run(31, 80)))).slice(-2)).toEqual([80, 81]);
});

test("What is not next to the page goes: something may be missing between them", () => {
  const state = withTimeline({ messages: run(500, 520) });
  const around = page(run(10, 30), { next: "n", previous: "p" });
  expect(ids(replaceWindow(state, 1, around))).toEqual(run(10, 30).map((message) => message.id));
});

test("A conversation that is left keeps its end only", () => {
  const open = { ...withTimeline({ messages: run(1, KEPT + 100), firstUnreadId: 7 }), activeId: 1 };
  const after = openConversation(open, 2).timelines[1]!;
  expect(after.messages).toHaveLength(KEPT);
  expect(after).toMatchObject({ hasOlder: true, firstUnreadId: null });
});

test("A window into the past is not kept", () => {
  const open = { ...withTimeline({ messages: run(1, 20), hasNewer: true }), activeId: 1 };
  expect(openConversation(open, null).timelines[1]!.messages).toEqual([]);
});

test("A signed address does not change while it holds: no picture loads twice", () => {
  const far = Math.floor(Date.now() / 1000) + 7200;
  const file = (e: number) => ({
    ...makeMessage().file!,
    ...FILE,
    file_url: `http://school.test/f/1?e=${e}&s=x`,
  });
  const before = makeMessage({ id: 1, rev: 1, file: file(far) });
  expect(mergeMessage(before, { ...before, file: file(far + 60) })).toBe(before);
  const old = { ...before, file: file(100) };
  expect(mergeMessage(old, { ...before, file: file(far) }).file!.file_url).toContain(`e=${far}`);
});

const FILE = {
  file_id: "f1",
  file_url: "",
  file_name: "a.png",
  file_size: 1,
  mime_type: "image/png",
  thumbnail_url: null,
  width: 1,
  height: 1,
  duration_ms: null,
  waveform: null,
};

test("Joining overlapping runs gives each message once, in order", () => {
  expect(joinMessages(run(1, 10), run(5, 15)).map((message) => message.id)).toEqual(
    run(1, 15).map((message) => message.id),
  );
});
