import { expect, test } from "vitest";
import { changesBetween } from "../cache/writeBehind";
import type { Frame } from "../model/frames";
import { makeConversation, makeMessage } from "../testing";
import {
  addPage,
  putAsked,
  putConversations,
  removeConversations,
  resetConversations,
} from "./conversations";
import { reduceFrame } from "./frames";
import { selectConversations } from "./selectors";
import { type ChatState, EMPTY_STATE } from "./state";
import { reduceSync } from "./sync";
import { listedConversations } from "./unlisted";

const HIDDEN = makeConversation({ id: 7, rev: 7 });
const LISTED = makeConversation({ id: 1, rev: 1 });
const known = putConversations(EMPTY_STATE, [LISTED]);
const opened = putAsked({ ...known, activeId: 7 }, HIDDEN);

const page = (...results: (typeof HIDDEN)[]) => ({
  count: results.length,
  next: null,
  previous: null,
  results,
});
const inList = (state: ChatState) =>
  selectConversations(listedConversations(state), "all", "", new Set())
    .map((one) => one.id)
    .sort();

test("what is asked for by its id alone is known, and does not stand in the list", () => {
  expect(opened.conversations[7]).toEqual(HIDDEN);
  expect(inList(opened)).toEqual([1]);
});

test("what stood in the list before stays there", () => {
  expect(inList(putAsked(known, { ...LISTED, rev: 2 }))).toEqual([1]);
});

test("a page of a list and `sync` bring it into the list; a newer state of it alone does not", () => {
  expect(inList(addPage(opened, "all\n", page(HIDDEN), 2, false))).toEqual([1, 7]);
  const answer = {
    rev: 9,
    conversations: [HIDDEN],
    messages: [],
    removed_conversation_ids: [],
    reset: false,
  };
  expect(inList(reduceSync(opened, answer))).toEqual([1, 7]);
  const conversation = { ...HIDDEN, name: "Иначе", rev: 8 };
  const updated = { type: "conversation.updated", conversation_id: 7, rev: 8, conversation } as Frame;
  expect(inList(reduceFrame(opened, updated, 0))).toEqual([1]);
});

test("a new message brings it back, whoever wrote it", () => {
  const message = makeMessage({ id: 70, conversation_id: 7 });
  const frame = { type: "message.new", conversation_id: 7, rev: 8, message, unread_count: 1 } as Frame;
  expect(inList(reduceFrame(opened, frame, 0))).toEqual([1, 7]);
});

test("after a reset what is open and not on the first page is open, and not in the list", () => {
  const state = resetConversations({ ...opened, unlisted: new Set() }, page(LISTED), "all\n");
  expect(state.conversations[7]).toEqual(HIDDEN);
  expect(inList(state)).toEqual([1]);
});

test("the browser keeps it only once it stands in the list", () => {
  expect(changesBetween(known, opened)).toBeNull();
  const listed = addPage(opened, "all\n", page(HIDDEN), 2, false);
  expect(changesBetween(opened, listed)?.conversations).toEqual([HIDDEN]);
});

test("when it is gone nothing of it is left", () => {
  expect(removeConversations(opened, [7]).unlisted).toEqual(new Set());
});
