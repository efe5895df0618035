import { expect, test } from "vitest";
import type { Message } from "../model/types";
import { makeMe, makeMessage, STUDENT, TEACHER } from "../testing";
import { page } from "../testing/api";
import { reduceFrame } from "./frames";
import { type ChatState, EMPTY_STATE, EMPTY_TIMELINE } from "./state";
import { addOlder, replaceWindow } from "./timelines";

const loaded: ChatState = {
  ...EMPTY_STATE,
  me: makeMe(),
  timelines: {
    1: { ...EMPTY_TIMELINE, status: "ready", messages: [makeMessage({ id: 100 })], hasOlder: true },
  },
};
const loading: ChatState = { ...loaded, timelines: { 1: EMPTY_TIMELINE } };
const update = (message: Message) =>
  ({ type: "message.updated", conversation_id: 1, rev: message.rev, message }) as const;
const read = (user_id: number, message_id: number) =>
  ({ type: "message.read", conversation_id: 1, rev: 90, user_id, message_id, read_at: "" }) as const;
const found = (state: ChatState, id: number) => state.timelines[1]!.messages.find((one) => one.id === id);

test("An edit that overtakes the page with its message is not lost", () => {
  const before = makeMessage({ id: 50, text: "Черновое", rev: 10 });
  const edited = { ...before, text: "Чистовое", rev: 20 };
  for (const [state, add] of [
    [loaded, addOlder],
    [loading, replaceWindow],
  ] as const) {
    const told = reduceFrame(state, update(edited), 0);
    expect(found(told, 50)).toBeUndefined();
    expect(found(add(told, 1, page([before])), 50)).toMatchObject({ text: "Чистовое" });
  }
});

test("An older update does not overwrite the page", () => {
  const told = reduceFrame(loaded, update(makeMessage({ id: 50, text: "Черновое", rev: 10 })), 0);
  const after = addOlder(told, 1, page([makeMessage({ id: 50, text: "Чистовое", rev: 20 })]));
  expect(found(after, 50)).toMatchObject({ text: "Чистовое" });
});

test("Only the last fifty such updates are kept, one for each message", () => {
  let state = loaded;
  for (let rev = 1; rev <= 60; rev += 1)
    state = reduceFrame(state, update(makeMessage({ id: rev % 55, rev })), 0);
  const { overtaking } = state.timelines[1]!;
  expect(overtaking).toHaveLength(50);
  expect(new Set(overtaking.map(({ id }) => id)).size).toBe(50);
  expect(overtaking.at(-1)).toMatchObject({ id: 5, rev: 60 });
});

test("What was read while the page was on its way is read in it", () => {
  const mine = makeMessage({ id: 50, sender: TEACHER, status: "sent", is_read: false, read_count: 0 });
  const theirs = makeMessage({ id: 51, sender: STUDENT, is_read: false });
  const told = [read(STUDENT.id, 60), read(TEACHER.id, 51)].reduce((s, f) => reduceFrame(s, f, 0), loaded);
  const after = addOlder(told, 1, page([mine, theirs]));
  expect(found(after, 50)).toMatchObject({ status: "read", is_read: true, read_count: 1 });
  expect(found(after, 51)).toMatchObject({ is_read: true });
});
