import { cut, plainText } from "../../model/text";
import { messageType } from "../../model/timeline";
import type { Conversation, LastMessage, Message } from "../../model/types";
import { lastMessageOf } from "../../store/frames";
import type { OutboxEntry } from "../../store/state";
import { PREVIEW_CHARACTERS } from "./preview";

export type Sending = "pending" | "failed";

/** What is not with the others here: on its way out, or refused by the homeserver afterwards. */
export interface Unsent {
  entries: readonly OutboxEntry[];
  refused: Message | undefined;
}

/** The newest of mine that the homeserver refused. The API's list does not tell of it: known where it was loaded. */
export function refusedIn(
  messages: readonly Message[] | undefined,
  meId: number | undefined,
): Message | undefined {
  return messages?.findLast((one) => one.status === "failed" && !one.is_deleted && one.sender?.id === meId);
}

/** Whether something of mine is on its way here; a message that did not go out counts before all others. */
export function sendingOf({ entries, refused }: Unsent): Sending | null {
  if (refused || entries.some((entry) => entry.status === "failed")) return "failed";
  return entries.length > 0 ? "pending" : null;
}

/** For its sender what is on its way was said last: of all what did not go out, or else the newest. */
export function withUnsent(conversation: Conversation, { entries, refused }: Unsent): Conversation {
  const failed = entries.findLast((entry) => entry.status === "failed");
  const waiting = refused ? undefined : entries.at(-1);
  const entry = failed ?? waiting;
  if (entry) return { ...conversation, last_message: entryAsLast(entry) };
  return refused ? { ...conversation, last_message: lastMessageOf(refused) } : conversation;
}

function entryAsLast(entry: OutboxEntry): LastMessage {
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
