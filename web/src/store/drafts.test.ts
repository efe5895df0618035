import { describe, expect, test } from "vitest";
import { makeDraft, makeMessage } from "../testing";
import { addMention, answerInDraft, beginEdit, clearDraft, endEdit, finishEdit, writeDraft } from "./drafts";
import { selectDraftTexts } from "./selectors";
import { EMPTY_STATE } from "./state";

const message = makeMessage({ text: "Старый текст" });
const other = makeMessage({ text: "Другое сообщение" });
const draftOf = (state: typeof EMPTY_STATE) => state.drafts[1];

test("A draft is kept for each chat, and an empty one is none", () => {
  let state = writeDraft(EMPTY_STATE, 1, "Начато");
  state = writeDraft(state, 2, "Другое");
  expect(selectDraftTexts(state)).toEqual({ 1: "Начато", 2: "Другое" });
  state = writeDraft(state, 1, "");
  expect(Object.keys(state.drafts)).toEqual(["2"]);
  expect(clearDraft(state, 2).drafts).toEqual({});
});

test("Nothing changed is the same state: nobody is told", () => {
  const state = writeDraft(EMPTY_STATE, 1, "Начато");
  expect(writeDraft(state, 1, "Начато")).toBe(state);
  expect(clearDraft(state, 2)).toBe(state);
  expect(endEdit(state, 1)).toBe(state);
  expect(answerInDraft(state, 1, null)).toBe(state);
});

describe("Editing", () => {
  test("takes the message's text; leaving it leaves nothing behind where nothing was begun", () => {
    let state = beginEdit(EMPTY_STATE, 1, message);
    expect(draftOf(state)).toEqual(makeDraft({ text: "Старый текст", editing: message }));
    expect(selectDraftTexts(state)).toEqual({}); // no draft in the list
    state = endEdit(state, 1);
    expect(state.drafts).toEqual({});
  });

  test("what was half-written comes back when it is given up, with its answer and whom it mentions", () => {
    const mention = { id: 6, name: "Иван", start: 0 };
    let state = writeDraft(EMPTY_STATE, 1, "@Иван к доске");
    state = answerInDraft(addMention(state, 1, mention), 1, other);
    const begun = draftOf(state);
    state = beginEdit(state, 1, message);
    expect(draftOf(state)).toMatchObject({ text: "Старый текст", mentions: [], replyTo: null });
    expect(selectDraftTexts(state)).toEqual({ 1: "@Иван к доске" }); // still the draft in the list
    expect(draftOf(endEdit(writeDraft(state, 1, "Новый текст"), 1))).toEqual(begun);
  });

  test("another message after that one still gives back what was begun", () => {
    let state = beginEdit(writeDraft(EMPTY_STATE, 1, "Начато"), 1, message);
    state = beginEdit(state, 1, other);
    expect(draftOf(state)).toMatchObject({ text: "Другое сообщение", editing: other });
    expect(draftOf(endEdit(state, 1))).toEqual(makeDraft({ text: "Начато" }));
  });

  test("when the server has taken it, what was begun comes back", () => {
    let state = beginEdit(writeDraft(EMPTY_STATE, 1, "Начато"), 1, message);
    state = writeDraft(state, 1, " Новый текст ");
    expect(draftOf(finishEdit(state, 1, message.id, "Новый текст"))).toEqual(makeDraft({ text: "Начато" }));
  });

  test("what was typed on while the server took it stays, and so does another message's change", () => {
    let state = beginEdit(EMPTY_STATE, 1, message);
    state = writeDraft(state, 1, "Новый текст и ещё");
    expect(finishEdit(state, 1, message.id, "Новый текст")).toBe(state);
    expect(finishEdit(state, 1, other.id, "Новый текст и ещё")).toBe(state);
    expect(finishEdit(EMPTY_STATE, 1, message.id, "Новый текст")).toBe(EMPTY_STATE);
  });
});

test("An answer keeps what is written; one cannot answer and edit at once", () => {
  let state = writeDraft(EMPTY_STATE, 1, "Да");
  state = answerInDraft(state, 1, message);
  expect(draftOf(state)).toMatchObject({ text: "Да", replyTo: message });
  state = beginEdit(state, 1, message);
  expect(draftOf(state)).toMatchObject({ replyTo: null, editing: message });
  state = answerInDraft(state, 1, other);
  expect(draftOf(state)).toEqual(makeDraft({ text: "Да", replyTo: other }));
});

test("Who was chosen stays chosen while one writes on, and is gone with the name", () => {
  const mention = { id: 6, name: "Иван", start: 0 };
  let state = addMention(writeDraft(EMPTY_STATE, 1, "@Иван "), 1, mention);
  state = writeDraft(state, 1, "Эй, @Иван ", 4);
  expect(draftOf(state)!.mentions).toEqual([{ ...mention, start: 4 }]);
  expect(draftOf(writeDraft(state, 1, "Эй, @Ива "))!.mentions).toEqual([]);
});
