/** What each frame does to the state. An older `rev` never overwrites a newer one; the same frame twice is once. */

import type { Ack, Frame, MessageNew, MessageUpdated } from "../model/frames";
import { cut, plainText } from "../model/text";
import type { LastMessage, Message } from "../model/types";
import { changeConversation, putConversations, removeConversations } from "./conversations";
import { rememberUpdate } from "./known";
import { findIndex, putMessage, updateMessage } from "./messages";
import { removeSent } from "./outbox";
import { presenceChanged } from "./presence";
import { messageRead } from "./reads";
import type { ChatState } from "./state";
import { changeTimeline } from "./timelines";
import { stopTyping, typingChanged } from "./typing";
import { enlist } from "./unlisted";

const PREVIEW = 50;

export function reduceFrame(state: ChatState, frame: Frame, now: number): ChatState {
  switch (frame.type) {
    case "message.new":
      return messageNew(state, frame);
    case "message.updated":
      return messageUpdated(state, frame);
    case "message.read":
      return messageRead(state, frame);
    case "conversation.updated":
      return putConversations(state, [frame.conversation]);
    case "conversation.removed":
      return conversationRemoved(state, frame.conversation_id, frame.rev);
    case "ack":
      return acknowledged(state, frame);
    case "typing.start":
    case "typing.stop":
      return typingChanged(state, frame, now);
    case "presence.changed":
      return presenceChanged(state, frame);
    default:
      return state;
  }
}

function messageNew(state: ChatState, frame: MessageNew): ChatState {
  const { message, conversation_id: id } = frame;
  let next = enlist(addMessage(state, message), [id]);
  next = stopTyping(next, id, message.sender?.id);
  next = removeSent(next, message, state.me?.id);
  return changeConversation(next, id, (one) => {
    if (frame.rev <= one.rev) return one;
    const isMine = message.sender?.id === state.me?.id;
    const isRead = message.id <= (state.myReads[id] ?? 0);
    const namesMe = !isMine && !isRead && state.me !== null && message.mentions.includes(state.me.id);
    return {
      ...one,
      last_message: lastMessageOf(message),
      unread_count: isRead ? one.unread_count : frame.unread_count,
      mention_count: one.mention_count + (namesMe ? 1 : 0),
      updated_at: message.created_at,
      rev: frame.rev,
    };
  });
}

/** At the end of the window, if the window reaches the end. */
export function addMessage(state: ChatState, message: Message): ChatState {
  return changeTimeline(state, message.conversation_id, (timeline) => {
    const { messages } = timeline;
    const isBefore = messages.length > 0 && message.id < messages[0]!.id;
    const isBeyond = timeline.hasNewer && message.id > (messages.at(-1)?.id ?? 0);
    if (isBefore || isBeyond || timeline.status === "error") return timeline;
    const after = putMessage(messages, message);
    return after === messages ? timeline : { ...timeline, messages: after };
  });
}

function messageUpdated(state: ChatState, frame: MessageUpdated): ChatState {
  const { message, conversation_id: id } = frame;
  const next = changeTimeline(state, id, (timeline) => {
    if (findIndex(timeline.messages, message.id) < 0) return rememberUpdate(timeline, message);
    const messages = updateMessage(timeline.messages, message);
    return messages === timeline.messages ? timeline : { ...timeline, messages };
  });
  return changeConversation(removeSent(next, message, state.me?.id), id, (one) => {
    if (frame.rev < one.rev) return one;
    const isLast = one.last_message?.id === message.id && !isGoneFromTheList(message);
    const was = one.last_message;
    return {
      ...one,
      last_message: isLast ? { ...lastMessageOf(message), is_read: was!.is_read || message.is_read } : was,
      rev: frame.rev,
    };
  });
}

/** The list says what was said before it. One that the homeserver refused is in its sender's conversation only. */
function isGoneFromTheList(message: Message): boolean {
  return message.is_deleted || message.status === "failed";
}

function acknowledged(state: ChatState, frame: Ack): ChatState {
  const next = addMessage(state, frame.message);
  return removeSent(next, frame.message, state.me?.id);
}

function conversationRemoved(state: ChatState, id: number, rev: number): ChatState {
  const known = state.conversations[id];
  return known && known.rev > rev ? state : removeConversations(state, [id]);
}

/** As the server makes it for the list. */
export function lastMessageOf(message: Message): LastMessage {
  const text = message.text === "" && message.file ? message.file.file_name : plainText(message.text);
  return {
    id: message.id,
    text: cut(text, PREVIEW),
    message_type: message.message_type,
    sender_id: message.sender?.id ?? null,
    sender_name: message.sender?.name ?? "",
    timestamp: message.created_at,
    is_read: message.is_read,
  };
}

/** The conversation that must be asked for, because a frame does not say all that it has changed. */
export function conversationToRefresh(before: ChatState, after: ChatState, frame: Frame): number | null {
  if (frame.type === "message.new" && !(frame.conversation_id in before.conversations))
    return frame.conversation_id;
  const known = frame.conversation_id === null ? undefined : after.conversations[frame.conversation_id];
  if (!known) return null;
  // Overtaken by a frame of a message: that has moved `rev` on, but does not say what has changed here.
  if (frame.type === "conversation.updated" && frame.conversation.rev < known.rev) return known.id;
  if (frame.type === "message.updated" && isGoneFromTheList(frame.message)) return known.id;
  if (frame.type === "message.read" && frame.user_id === after.me?.id && known.unread_count > 0)
    return known.id;
  return null;
}
