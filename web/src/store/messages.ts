/** Messages in ascending order of their ids. Nothing here changes an array in place. */

import { freshFile } from "../model/files";
import type { Message, MessageStatus } from "../model/types";

/**
 * The newer one by `rev`. Reading does not change `rev` and only moves forward; with one `rev`, deleted wins (a refused
 * message is deleted for everybody but its sender). Gives `before` itself where nothing differs.
 */
export function mergeMessage(before: Message, incoming: Message): Message {
  const isNewer = incoming.rev > before.rev || (incoming.rev === before.rev && !before.is_deleted);
  const newer = isNewer ? incoming : before;
  const merged: Message = {
    ...newer,
    file: freshFile(before.file, incoming.file, newer.file),
    is_read: before.is_read || incoming.is_read,
    read_count: Math.max(before.read_count, incoming.read_count),
  };
  merged.status = statusOf(newer.status, merged.read_count);
  return isSame(before, merged) ? before : merged;
}

function statusOf(status: MessageStatus, readCount: number): MessageStatus {
  return readCount > 0 && status === "sent" ? "read" : status;
}

/** Values are compared as JSON: messages are small, and equal ones must stay the same object for the views. */
export function isSame<Value extends object>(before: Value, after: Value): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

/** Where a message is, or the place (negative, minus one) where it belongs. */
export function findIndex(messages: readonly { id: number }[], id: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle]!.id;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -low - 1;
}

/** Put one message in its place, or merge it with what is there. */
export function putMessage(messages: readonly Message[], message: Message): readonly Message[] {
  const index = findIndex(messages, message.id);
  if (index < 0) return insertAt(messages, -index - 1, message);
  return replaceAt(messages, index, mergeMessage(messages[index]!, message));
}

/** Merge a message only where it is there already. */
export function updateMessage(messages: readonly Message[], message: Message): readonly Message[] {
  const index = findIndex(messages, message.id);
  return index < 0 ? messages : replaceAt(messages, index, mergeMessage(messages[index]!, message));
}

/** Join two ascending runs; what is in both is merged. */
export function joinMessages(before: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (before.length === 0) return incoming;
  if (incoming.length === 0) return before;
  if (before.at(-1)!.id < incoming[0]!.id) return [...before, ...incoming];
  if (incoming.at(-1)!.id < before[0]!.id) return [...incoming, ...before];
  return incoming.reduce(putMessage, before);
}

function insertAt(messages: readonly Message[], index: number, message: Message): readonly Message[] {
  return [...messages.slice(0, index), message, ...messages.slice(index)];
}

function replaceAt(messages: readonly Message[], index: number, message: Message): readonly Message[] {
  if (messages[index] === message) return messages;
  const copy = messages.slice();
  copy[index] = message;
  return copy;
}
