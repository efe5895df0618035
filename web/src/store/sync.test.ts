import { expect, test } from "vitest";
import type { SyncAnswer } from "../model/types";
import { makeConversation, makeMe, makeMessage, STUDENT, TEACHER } from "../testing";
import { page } from "../testing/api";
import { resetConversations } from "./conversations";
import { EMPTY_STATE, EMPTY_TIMELINE, listKey } from "./state";
import { newsOf, reduceSync } from "./sync";
import { forgetTimelines } from "./timelines";

const answer = (part: Partial<SyncAnswer>): SyncAnswer => ({
  rev: 100,
  conversations: [],
  messages: [],
  removed_conversation_ids: [],
  reset: false,
  ...part,
});

const loaded = {
  ...EMPTY_STATE,
  me: makeMe(),
  rev: 50,
  isStale: true,
  conversations: { 1: makeConversation({ id: 1, rev: 40 }), 2: makeConversation({ id: 2, rev: 41 }) },
  timelines: {
    1: { ...EMPTY_TIMELINE, status: "ready" as const, messages: [makeMessage({ id: 90, rev: 40 })] },
  },
};

test("Sync brings messages, conversations and removals, and moves the position", () => {
  const changed = makeConversation({ id: 1, rev: 90, unread_count: 3 });
  const messages = [makeMessage({ id: 91, rev: 60 }), makeMessage({ id: 92, rev: 70 })];
  const after = reduceSync(
    loaded,
    answer({ conversations: [changed], messages, removed_conversation_ids: [2] }),
  );
  expect(after.timelines[1]!.messages.map((message) => message.id)).toEqual([90, 91, 92]);
  expect(after.conversations).toEqual({ 1: changed });
  expect(after).toMatchObject({ rev: 100, isStale: false });
});

test("Sync twice, or after the same frames, changes nothing more", () => {
  const one = answer({
    messages: [makeMessage({ id: 91, rev: 60 })],
    conversations: [makeConversation({ id: 1, rev: 60 })],
  });
  const once = reduceSync(loaded, one);
  const twice = reduceSync(once, one);
  expect(twice.timelines).toBe(once.timelines);
  expect(twice.conversations).toBe(once.conversations);
});

test("A message that nobody looks at is not put into a conversation that was never opened", () => {
  const after = reduceSync(loaded, answer({ messages: [makeMessage({ id: 91, conversation_id: 2 })] }));
  expect(after.timelines[2]).toBeUndefined();
});

test("News are unread messages of others that the list did not know", () => {
  const last = { ...makeConversation().last_message!, id: 90 };
  const before = { ...loaded, conversations: { 1: makeConversation({ id: 1, last_message: last }) } };
  const messages = [
    makeMessage({ id: 89, text: "Правка старого" }),
    makeMessage({ id: 91, sender: TEACHER }),
    makeMessage({ id: 92, is_read: true }),
    makeMessage({ id: 93, sender: null, message_type: "SYSTEM" }),
    makeMessage({ id: 94, sender: STUDENT }),
    makeMessage({ id: 95, is_deleted: true }),
  ];
  expect(newsOf(before, answer({ messages })).map((message) => message.id)).toEqual([94]);
});

test("Of a conversation that is not in the list old messages that somebody has read or changed are no news", () => {
  const last = { ...makeConversation().last_message!, id: 90 };
  const before = { ...loaded, conversations: { 1: makeConversation({ id: 1, last_message: last }) } };
  const messages = [89, 90, 91].map((id) => makeMessage({ id, conversation_id: 9 }));
  expect(newsOf(before, answer({ messages })).map((message) => message.id)).toEqual([91]);
});

test("As long as nothing is known, nothing is news", () => {
  const messages = [makeMessage({ id: 91 })];
  expect(newsOf({ ...EMPTY_STATE, me: makeMe(), rev: 50 }, answer({ messages }))).toEqual([]);
  expect(newsOf({ ...loaded, me: null }, answer({ messages }))).toEqual([]); // it may be my own
});

test("What I have read here is no news, though the server does not know it yet", () => {
  const messages = [91, 92].map((id) => makeMessage({ id }));
  const before = { ...loaded, myReads: { 1: 91 } };
  expect(newsOf(before, answer({ messages })).map((message) => message.id)).toEqual([92]);
});

test("After too long an absence only what the server says now is there", () => {
  const fresh = makeConversation({ id: 3, rev: 95 });
  const after = resetConversations(forgetTimelines(loaded), page([fresh]), listKey("all", ""));
  expect(Object.keys(after.conversations)).toEqual(["3"]);
  expect(after.timelines).toEqual({});
  expect(after.lists[listKey("all", "")]!.nextPage).toBeNull();
});
