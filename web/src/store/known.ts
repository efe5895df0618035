/** What frames have told of messages that were not there yet: a page on its way may be older than the frames. */

import type { Message } from "../model/types";
import { mergeMessage } from "./messages";
import type { ChatState, Timeline } from "./state";

const KEPT_UPDATES = 50;

/** An update of a message that is not in the window. */
export function rememberUpdate(timeline: Timeline, message: Message): Timeline {
  const others = timeline.overtaking.filter((one) => one.id !== message.id);
  return { ...timeline, overtaking: [...others, message].slice(-KEPT_UPDATES) };
}

/** Messages of an answer, with all that was told of them since it was made. */
export function withKnown(state: ChatState, id: number, messages: readonly Message[]): readonly Message[] {
  const updates = state.timelines[id]?.overtaking ?? [];
  const readers = Object.values(state.readers[id] ?? {});
  const myRead = state.myReads[id] ?? 0;
  return messages.map((message) => {
    const update = updates.find((one) => one.id === message.id);
    return asRead(update ? mergeMessage(message, update) : message, state.me?.id, myRead, readers);
  });
}

/** `readers`: how far each of the others has read, as far as frames have told; the server's own count may be higher. */
export function asRead(
  message: Message,
  me: number | undefined,
  myRead: number,
  readers: readonly number[],
): Message {
  if (message.sender?.id !== me) {
    return message.id <= myRead && !message.is_read ? { ...message, is_read: true } : message;
  }
  const told = readers.filter((read) => read >= message.id).length;
  const read_count = Math.max(message.read_count, told);
  if (told === 0 || (message.is_read && message.read_count === read_count)) return message;
  const status = message.status === "sent" ? "read" : message.status;
  return { ...message, is_read: true, read_count, status };
}
