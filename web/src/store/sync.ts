import type { Message, SyncAnswer } from "../model/types";
import { putListed, removeConversations } from "./conversations";
import { addMessage } from "./frames";
import { removeSent } from "./outbox";
import { isUnread } from "./reads";
import type { ChatState } from "./state";
import { unlist } from "./unlisted";

/** All that changed while I was away. Windows that reached the end reach it again: `sync` leaves nothing out. */
export function reduceSync(state: ChatState, answer: SyncAnswer): ChatState {
  const doubtful = doubtfulOf(state, answer);
  const gone = answer.removed_conversation_ids.filter((id) => !doubtful.includes(id));
  let next = unlist(removeConversations(state, gone), doubtful);
  next = putListed(next, answer.conversations);
  next = answer.messages.reduce((all, message) => {
    return removeSent(addMessage(all, message), message, all.me?.id);
  }, next);
  return { ...advance(next, answer.rev), isStale: false };
}

/**
 * Of those that are gone from the list the one that is open: gone from the list alone, perhaps, and opened by its
 * address. Whether I am still in it the server must be asked.
 */
export function doubtfulOf(state: ChatState, answer: SyncAnswer): number[] {
  return answer.removed_conversation_ids.filter((id) => id === state.activeId);
}

/** All up to `rev` was seen. */
export function advance(state: ChatState, rev: number): ChatState {
  return rev > (state.rev ?? 0) ? { ...state, rev } : state;
}

/** Of an answer after an absence those that are news to the reader: unread, of others, not there before. */
export function newsOf(before: ChatState, answer: SyncAnswer): Message[] {
  const me = before.me?.id;
  if (me === undefined) return [];
  const newest = newestId(before);
  return answer.messages.filter((message) => {
    const isKnown = message.conversation_id in before.conversations;
    const isNew = isKnown ? isNews(before, message) : message.id > newest;
    const isRead = message.id <= (before.myReads[message.conversation_id] ?? 0);
    return isNew && !isRead && message.sender !== null && isUnread(message, me);
  });
}

/** Newer than all that was known of its conversation. */
export function isNews(before: ChatState, message: Message): boolean {
  return message.id > (before.conversations[message.conversation_id]?.last_message?.id ?? 0);
}

/**
 * Of all that was known. `sync` brings old messages, too, that were changed or read by somebody: of a conversation that
 * is not in the list only this tells them from new ones.
 */
function newestId(state: ChatState): number {
  const ids = Object.values(state.conversations).map((one) => one.last_message?.id ?? 0);
  return ids.length > 0 ? ids.reduce((most, id) => Math.max(most, id)) : Number.POSITIVE_INFINITY;
}
