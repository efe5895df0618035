/**
 * Conversations that are known, and do not stand in the list: opened by their address, taken off the list or further
 * down in it than its pages have been loaded. The API does not say of a single conversation which of the two it is; what
 * lists, `sync` and new messages bring is in the list.
 */

import type { ChatState } from "./state";

export function unlist(state: ChatState, ids: readonly number[]): ChatState {
  const added = ids.filter((id) => !state.unlisted.has(id));
  return added.length > 0 ? { ...state, unlisted: new Set([...state.unlisted, ...added]) } : state;
}

export function enlist(state: ChatState, ids: readonly number[]): ChatState {
  if (!ids.some((id) => state.unlisted.has(id))) return state;
  const gone = new Set(ids);
  return { ...state, unlisted: new Set([...state.unlisted].filter((id) => !gone.has(id))) };
}

/** Those of the list alone; the same object as long as there are no others. */
export function listedConversations({
  conversations,
  unlisted,
}: Pick<ChatState, "conversations" | "unlisted">): ChatState["conversations"] {
  if (unlisted.size === 0) return conversations;
  const listed = Object.entries(conversations).filter(([id]) => !unlisted.has(Number(id)));
  return Object.fromEntries(listed);
}
