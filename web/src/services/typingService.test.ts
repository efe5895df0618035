import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientFrame } from "../model/frames";
import { type ChatStore, createChatStore } from "../store/store";
import { typingChanged } from "../store/typing";
import { TypingService } from "./typingService";

let store: ChatStore;
let typing: TypingService;
let told: ClientFrame[];

beforeEach(() => {
  vi.useFakeTimers();
  store = createChatStore();
  told = [];
  typing = new TypingService(store, (frame) => told.push(frame) > 0);
});

afterEach(() => {
  typing.stop();
  vi.useRealTimers();
});

const kinds = () => told.map((frame) => frame.type);

test("Many keys are few words: at most one every three seconds", () => {
  for (let key = 0; key < 70; key += 1) {
    typing.notify(1, true);
    vi.advanceTimersByTime(100);
  }
  expect(kinds()).toEqual(["typing.start", "typing.start", "typing.start"]);
});

test("Three seconds without a key: stopped, once", () => {
  typing.notify(1, true);
  vi.advanceTimersByTime(2_900);
  expect(kinds()).toEqual(["typing.start"]);
  vi.advanceTimersByTime(10_000);
  expect(kinds()).toEqual(["typing.start", "typing.stop"]);
});

test("Sent or left: stopped at once; the next key begins anew", () => {
  typing.notify(1, true);
  typing.notify(1, false);
  typing.notify(1, false);
  typing.notify(1, true);
  expect(told).toEqual([
    { type: "typing.start", conversation_id: 1 },
    { type: "typing.stop", conversation_id: 1 },
    { type: "typing.start", conversation_id: 1 },
  ]);
});

const frame = (type: "typing.start" | "typing.stop", user_id: number) =>
  ({ type, conversation_id: 1, rev: null, user_id, user_name: `Имя ${user_id}` }) as const;
const names = () => (store.getState().typing[1] ?? []).map((one) => one.name);
const hear = (one: ReturnType<typeof frame>) =>
  store.setState(typingChanged(store.getState(), one, Date.now()), true);

test("Several people type in the order in which they began; a lost end ends by itself", () => {
  hear(frame("typing.start", 5));
  hear(frame("typing.start", 6));
  vi.advanceTimersByTime(4_000);
  hear(frame("typing.start", 5));
  expect(names()).toEqual(["Имя 5", "Имя 6"]);
  vi.advanceTimersByTime(3_000);
  expect(names()).toEqual(["Имя 5"]);
  vi.advanceTimersByTime(4_000);
  expect(store.getState().typing).toEqual({});
});

test("Whoever says that it ended, ends", () => {
  hear(frame("typing.start", 5));
  hear(frame("typing.stop", 5));
  expect(store.getState().typing).toEqual({});
});
