import { cut, plainText } from "../../model/text";
import { messageType } from "../../model/timeline";
import type { Conversation, LastMessage } from "../../model/types";
import type { OutboxEntry } from "../../store/state";
import { PREVIEW_CHARACTERS } from "./preview";

export type Sending = "pending" | "failed";

/** Whether something of mine is on its way here; a message that did not go out counts before all others. */
export function sendingOf(entries: readonly OutboxEntry[]): Sending | null {
  if (entries.length === 0) return null;
  return entries.some((entry) => entry.status === "failed") ? "failed" : "pending";
}

/** For its sender what is on its way was said last: of all what did not go out, or else the newest. */
export function withUnsent(conversation: Conversation, entries: readonly OutboxEntry[]): Conversation {
  const shown = entries.findLast((entry) => entry.status === "failed") ?? entries.at(-1);
  return shown ? { ...conversation, last_message: lastMessageOf(shown) } : conversation;
}

function lastMessageOf(entry: OutboxEntry): LastMessage {
  return {
    id: -entry.seq,
    text: entry.text === "" && entry.file ? entry.file.name : cut(plainText(entry.text), PREVIEW_CHARACTERS),
    message_type: messageType(entry),
    sender_id: entry.personId,
    sender_name: "",
    timestamp: entry.createdAt,
    is_read: false,
  };
}
