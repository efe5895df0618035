/** What is written and not sent, by conversation; an empty draft is none. */

import { keepMentions } from "../model/mentions";
import type { Draft, Mention, Message, Words } from "../model/types";
import { type ChatState, EMPTY_DRAFT } from "./state";

/** `caret`: where the change ended, so that it is known which of two equal names was taken out. */
export function writeDraft(state: ChatState, id: number, text: string, caret?: number): ChatState {
  return change(state, id, (draft) => {
    if (draft.text === text) return draft;
    return { ...draft, text, mentions: keepMentions(draft.mentions, draft.text, text, caret) };
  });
}

/** Somebody was chosen; their name stands in the text already. */
export function addMention(state: ChatState, id: number, mention: Mention): ChatState {
  return change(state, id, (draft) => ({ ...draft, mentions: [...draft.mentions, mention] }));
}

/** An answer keeps what is written; one cannot answer and change a message at once. */
export function answerInDraft(state: ChatState, id: number, replyTo: Message | null): ChatState {
  return change(state, id, (draft) => {
    const left = draft.editing && replyTo ? putBack(draft) : draft;
    return left.replyTo === replyTo ? left : { ...left, replyTo };
  });
}

/** The message's text comes into the field; what was begun there waits. */
export function beginEdit(state: ChatState, id: number, message: Message): ChatState {
  return change(state, id, (draft) => {
    const { text, mentions, replyTo } = draft;
    const isBegun = text !== "" || replyTo !== null;
    const waiting = isBegun ? { text, mentions, replyTo } : null;
    const before = draft.editing ? draft.before : waiting;
    return { ...EMPTY_DRAFT, text: message.text, editing: message, before };
  });
}

/** What was begun before is in the field again. */
export function endEdit(state: ChatState, id: number): ChatState {
  return change(state, id, (draft) => (draft.editing ? putBack(draft) : draft));
}

/** The server has taken this text of the message: the change is done, unless it was taken further meanwhile. */
export function finishEdit(state: ChatState, id: number, messageId: number, text: string): ChatState {
  const draft = state.drafts[id];
  if (draft?.editing?.id !== messageId || draft.text.trim() !== text) return state;
  return endEdit(state, id);
}

export function clearDraft(state: ChatState, id: number): ChatState {
  return change(state, id, () => EMPTY_DRAFT);
}

/** What will be a message when it is sent: of a draft in which another one is being changed, what waits. */
export function wordsOf(draft: Draft): Words | null {
  return draft.editing ? draft.before : draft;
}

function putBack(draft: Draft): Draft {
  return { ...EMPTY_DRAFT, ...draft.before };
}

function change(state: ChatState, id: number, patch: (draft: Draft) => Draft): ChatState {
  const before = state.drafts[id] ?? EMPTY_DRAFT;
  const after = patch(before);
  if (after === before) return state;
  const { [id]: _, ...others } = state.drafts;
  const isEmpty = after.text === "" && after.replyTo === null && after.editing === null;
  if (isEmpty && !(id in state.drafts)) return state;
  return { ...state, drafts: isEmpty ? others : { ...others, [id]: after } };
}
