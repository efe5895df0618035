/** Who has read how far. Pointers only move forward. */

import type { MessageRead } from "../model/frames";
import type { Conversation, Message } from "../model/types";
import { changeConversation } from "./conversations";
import { asRead } from "./known";
import { findIndex } from "./messages";
import type { ChatState } from "./state";
import { changeTimeline } from "./timelines";

export function messageRead(state: ChatState, frame: MessageRead): ChatState {
  const { conversation_id: id, message_id, user_id, rev } = frame;
  const next =
    user_id === state.me?.id ? readByMe(state, id, message_id) : readBy(state, id, user_id, message_id);
  return changeConversation(next, id, (one) => (rev > one.rev ? { ...one, rev } : one));
}

/** I have read up to a message: here, or in another window or client. */
export function readByMe(state: ChatState, id: number, messageId: number): ChatState {
  if ((state.myReads[id] ?? 0) >= messageId) return state;
  const me = state.me?.id;
  let next: ChatState = { ...state, myReads: { ...state.myReads, [id]: messageId } };
  next = changeTimeline(next, id, (timeline) => {
    const messages = markUpTo(timeline.messages, messageId, (message) =>
      message.sender?.id === me ? message : asRead(message, me, messageId, []),
    );
    return messages === timeline.messages ? timeline : { ...timeline, messages };
  });
  return changeConversation(next, id, (one) => {
    const unread = countUnread(next, one, messageId) ?? one.unread_count;
    const last = one.last_message;
    const isLastRead = last !== null && last.sender_id !== me && last.id <= messageId;
    const last_message = isLastRead && !last.is_read ? { ...last, is_read: true } : last;
    const mention_count = unread === 0 ? 0 : one.mention_count;
    return { ...one, unread_count: unread, mention_count, last_message };
  });
}

/** How many are left after reading up to a message; null: only the server can tell. */
export function countUnread(state: ChatState, conversation: Conversation, readId: number): number | null {
  if (conversation.unread_count === 0) return 0;
  if ((conversation.last_message?.id ?? 0) <= readId) return 0;
  const timeline = state.timelines[conversation.id];
  if (!timeline || timeline.isStale || timeline.hasNewer || timeline.status !== "ready") return null;
  const index = findIndex(timeline.messages, readId);
  if (index < 0) return null;
  return timeline.messages.slice(index + 1).filter((message) => isUnread(message, state.me?.id)).length;
}

export function isUnread(message: Message, me: number | undefined): boolean {
  return message.sender?.id !== me && !message.is_read && !message.is_deleted;
}

function readBy(state: ChatState, id: number, userId: number, messageId: number): ChatState {
  const before = state.readers[id]?.[userId] ?? 0;
  if (before >= messageId) return state;
  const readers = { ...state.readers[id], [userId]: messageId };
  let next: ChatState = { ...state, readers: { ...state.readers, [id]: readers } };
  const me = state.me?.id;
  const known = Object.values(readers);
  next = changeTimeline(next, id, (timeline) => {
    const messages = markUpTo(timeline.messages, messageId, (message) => {
      if (message.sender?.id !== me || message.id <= before) return message;
      return asRead(message, me, 0, known);
    });
    return messages === timeline.messages ? timeline : { ...timeline, messages };
  });
  return changeConversation(next, id, (one) => {
    const last = one.last_message;
    if (!last || last.sender_id !== me || last.is_read || last.id > messageId) return one;
    return { ...one, last_message: { ...last, is_read: true } };
  });
}

/** Change messages from `upTo` downwards; stops after a long run of such as need no change. */
function markUpTo(
  messages: readonly Message[],
  upTo: number,
  mark: (message: Message) => Message,
): readonly Message[] {
  const found = findIndex(messages, upTo);
  let copy: Message[] | null = null;
  let unchanged = 0;
  for (let index = found >= 0 ? found : -found - 2; index >= 0 && unchanged < 500; index -= 1) {
    const before = messages[index]!;
    const after = mark(before);
    if (after === before) {
      unchanged += 1;
      continue;
    }
    copy ??= messages.slice();
    copy[index] = after;
    unchanged = 0;
  }
  return copy ?? messages;
}
