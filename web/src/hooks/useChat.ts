import type { Conversation } from "../model/types";
import { useConversation } from "./useConversation";
import { type Sending, useSend } from "./useSend";
import { type TimelineView, useTimeline } from "./useTimeline";
import { type TypingView, useTyping } from "./useTyping";

export interface Chat {
  /** Undefined while it is being loaded. */
  conversation: Conversation | undefined;
  /** Its messages, with those that are on their way, and how to get more of them. */
  timeline: TimelineView;
  /** Send, edit, delete; try again or drop what has failed. */
  sending: Sending;
  /** Who is typing, and to say that I am. */
  typing: TypingView;
}

/** One conversation, for a view of one's own: all that `ChatWindow` shows and does. */
export function useChat(conversationId: number): Chat {
  return {
    conversation: useConversation(conversationId),
    timeline: useTimeline(conversationId),
    sending: useSend(conversationId),
    typing: useTyping(conversationId),
  };
}
