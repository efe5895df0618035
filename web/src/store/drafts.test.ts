import { expect, test } from "vitest";
import { makeMessage } from "../testing";
import { changeDraft } from "./drafts";
import { selectDraftTexts } from "./selectors";
import { EMPTY_STATE } from "./state";

const message = makeMessage({ text: "Старый текст" });

test("A draft is kept for each chat, and an empty one is none", () => {
  let state = changeDraft(EMPTY_STATE, 1, { text: "Начато" });
  state = changeDraft(state, 2, { text: "Другое" });
  expect(selectDraftTexts(state)).toEqual({ 1: "Начато", 2: "Другое" });
  state = changeDraft(state, 1, { text: "" });
  expect(Object.keys(state.drafts)).toEqual(["2"]);
});

test("Nothing changed is the same state: nobody is told", () => {
  const state = changeDraft(EMPTY_STATE, 1, { text: "Начато" });
  expect(changeDraft(state, 1, { text: "Начато" })).toBe(state);
});

test("Editing takes the message's text; leaving it leaves nothing behind", () => {
  let state = changeDraft(EMPTY_STATE, 1, { editing: message });
  expect(state.drafts[1]).toEqual({ text: "Старый текст", replyTo: null, editing: message });
  expect(selectDraftTexts(state)).toEqual({}); // no draft in the list
  state = changeDraft(state, 1, { editing: null });
  expect(state.drafts).toEqual({});
});

test("An answer keeps what is written; one cannot answer and edit at once", () => {
  let state = changeDraft(EMPTY_STATE, 1, { text: "Да" });
  state = changeDraft(state, 1, { replyTo: message });
  expect(state.drafts[1]).toMatchObject({ text: "Да", replyTo: message });
  state = changeDraft(state, 1, { editing: message });
  expect(state.drafts[1]).toMatchObject({ replyTo: null, editing: message });
  state = changeDraft(state, 1, { replyTo: message });
  expect(state.drafts[1]).toMatchObject({ text: "", replyTo: message, editing: null });
});
