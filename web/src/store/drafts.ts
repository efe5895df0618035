import type { Draft } from "../model/types";
import { type ChatState, EMPTY_DRAFT } from "./state";

/** Change a conversation's draft; an empty one is none. To edit a message puts an answer that was begun aside. */
export function changeDraft(state: ChatState, conversationId: number, patch: Partial<Draft>): ChatState {
  const before = state.drafts[conversationId] ?? EMPTY_DRAFT;
  const after: Draft = { ...before, ...patch };
  if (patch.editing) {
    after.text = patch.text ?? patch.editing.text;
    after.replyTo = null;
  } else if (patch.editing === null && before.editing && patch.text === undefined) {
    after.text = "";
  }
  if (patch.replyTo && before.editing) {
    after.editing = null;
    after.text = patch.text ?? "";
  }
  if (after.text === before.text && after.replyTo === before.replyTo && after.editing === before.editing) {
    return state;
  }
  const { [conversationId]: _, ...others } = state.drafts;
  const isEmpty = after.text === "" && after.replyTo === null && after.editing === null;
  return { ...state, drafts: isEmpty ? others : { ...others, [conversationId]: after } };
}
