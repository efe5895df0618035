/** What a socket carries. */

import type { Conversation, Message } from "./types";

interface Framed<Type extends string> {
  type: Type;
  conversation_id: number;
  rev: number;
}

export type MessageNew = Framed<"message.new"> & { message: Message; unread_count: number };
export type MessageUpdated = Framed<"message.updated"> & { message: Message };
export type MessageRead = Framed<"message.read"> & { user_id: number; message_id: number; read_at: string };
export type ConversationUpdated = Framed<"conversation.updated"> & { conversation: Conversation };
export type ConversationRemoved = Framed<"conversation.removed">;
export type Ack = Framed<"ack"> & { client_id: string | null; message: Message };

export interface TypingFrame {
  type: "typing.start" | "typing.stop";
  conversation_id: number;
  rev: null;
  user_id: number;
  user_name: string;
}

export interface PresenceChanged {
  type: "presence.changed";
  conversation_id: null;
  rev: null;
  user_id: number;
  is_online: boolean;
  last_seen: string | null;
}

export interface ErrorFrame {
  type: "error";
  conversation_id: number | null;
  rev: null;
  client_id: string | null;
  code: string;
  detail: string;
}

export interface Pong {
  type: "pong";
  conversation_id: null;
  rev: null;
}

/** What changes something that is kept; each has a `rev`. */
export type ChangeFrame =
  | MessageNew
  | MessageUpdated
  | MessageRead
  | ConversationUpdated
  | ConversationRemoved
  | Ack;

export type Frame = ChangeFrame | TypingFrame | PresenceChanged | ErrorFrame | Pong;

export type ClientFrame =
  | { type: "typing.start" | "typing.stop"; conversation_id: number }
  | { type: "message.read"; message_id: number }
  | { type: "ping" };
