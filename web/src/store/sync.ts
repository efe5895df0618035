import type { Message, SyncAnswer } from "../model/types";
import { putConversations, removeConversations } from "./conversations";
import { addMessage } from "./frames";
import { removeSent } from "./outbox";
import { isUnread } from "./reads";
import type { ChatState } from "./state";

/** All that changed while I was away. Windows that reached the end reach it again: `sync` leaves nothing out. */
export function reduceSync(state: ChatState, answer: SyncAnswer): ChatState {
  let next = removeConversations(state, answer.removed_conversation_ids);
  next = putConversations(next, answer.conversations);
  next = answer.messages.reduce((all, message) => {
    return removeSent(addMessage(all, message), message, all.me?.id);
  }, next);
  return { ...advance(next, answer.rev), isStale: false };
}

/** All up to `rev` was seen. */
export function advance(state: ChatState, rev: number): ChatState {
  return rev > (state.rev ?? 0) ? { ...state, rev } : state;
}

/** Of an answer those that are news to the reader: unread, of others, not there before. */
export function newsOf(before: ChatState, answer: SyncAnswer): Message[] {
  return answer.messages.filter(
    (message) => message.sender !== null && isNews(before, message) && isUnread(message, before.me?.id),
  );
}

/** Newer than all that was known of its conversation. */
export function isNews(before: ChatState, message: Message): boolean {
  return message.id > (before.conversations[message.conversation_id]?.last_message?.id ?? 0);
}
