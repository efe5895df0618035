/**
 * Messages as a reader sees them: days, the divider, groups of one author. Pure, and cheap where little changes: a
 * builder takes over all entries before and after the messages that are new, so a frame costs what it brings.
 */

import type { OutboxEntry } from "../store/state";
import { dayOf } from "./time";
import type { Me, Message, TimelineEntry, TimelineMessage } from "./types";

export const GROUP_MS = 5 * 60_000;

export interface TimelineInput {
  messages: readonly Message[];
  outbox: readonly OutboxEntry[];
  progress: Readonly<Record<string, number>>;
  me: Me | null;
  firstUnreadId: number | null;
}

type MessageEntry = Extract<TimelineEntry, { kind: "message" }>;

/** The key of a message for ever: that of its way out, if it had one, so that nothing flickers on arrival. */
export function keyOf(message: TimelineMessage): string {
  return message.client_id === null ? `m${message.id}` : `c${message.sender?.id ?? 0}:${message.client_id}`;
}

/** Whether `later` continues what `earlier` began: same author, at most five minutes apart, on one day. */
export function continues(earlier: TimelineMessage, later: TimelineMessage): boolean {
  if (earlier.message_type === "SYSTEM" || later.message_type === "SYSTEM") return false;
  if (earlier.sender?.id !== later.sender?.id) return false;
  const apart = Date.parse(later.created_at) - Date.parse(earlier.created_at);
  return Math.abs(apart) <= GROUP_MS && dayOf(earlier.created_at) === dayOf(later.created_at);
}

/** A message on its way, as the views show it. */
export function outgoing(entry: OutboxEntry, me: Me, part: number | undefined): TimelineMessage {
  const { file } = entry;
  const isImage = messageType(entry) === "IMAGE";
  return {
    id: -entry.seq,
    conversation_id: entry.conversationId,
    sender: me,
    message_type: messageType(entry),
    text: entry.text,
    file: file && {
      file_id: file.fileId ?? "",
      file_url: addressOf(file.blob),
      file_name: file.name,
      file_size: file.size,
      mime_type: file.mimeType,
      thumbnail_url: isImage ? addressOf(file.blob) : null,
      width: null,
      height: null,
      duration_ms: null,
      waveform: null,
    },
    created_at: entry.createdAt,
    edited_at: null,
    is_deleted: false,
    is_read: false,
    read_count: 0,
    status: entry.status === "failed" ? "failed" : "pending",
    error: entry.error?.code ?? null,
    reply_to: entry.replyTo,
    forwarded_from: null,
    reactions: [],
    mentions: entry.mentions,
    is_pinned: false,
    client_id: entry.clientId,
    event_id: null,
    rev: 0,
    localId: entry.clientId,
    uploadProgress: file === null ? null : (part ?? null),
  };
}

/** What it will be once the server has it. */
export function messageType({ file }: OutboxEntry): "TEXT" | "IMAGE" | "FILE" {
  if (file === null) return "TEXT";
  return file.mimeType.startsWith("image/") ? "IMAGE" : "FILE";
}

const addresses = new WeakMap<Blob, string>();

function addressOf(blob: Blob): string {
  let address = addresses.get(blob);
  if (address === undefined) {
    address = URL.createObjectURL(blob);
    addresses.set(blob, address);
  }
  return address;
}

export type TimelineBuilder = (input: TimelineInput) => TimelineEntry[];

/** Entries of one message: the message, and before it its day and the divider where they belong. */
type Block = TimelineEntry[];

interface Remembered {
  input: TimelineInput;
  all: readonly TimelineMessage[];
  blocks: readonly Block[];
}

/** A builder for one conversation. It remembers its last answer. */
export function createTimelineBuilder(): TimelineBuilder {
  let before: Remembered | null = null;
  const outgoings = new Map<
    string,
    { entry: OutboxEntry; part: number | undefined; message: TimelineMessage }
  >();
  return (input) => {
    const all = withOutgoing(input, outgoings);
    const isComparable =
      before !== null &&
      before.input.me?.id === input.me?.id &&
      before.input.firstUnreadId === input.firstUnreadId;
    const blocks = isComparable
      ? rebuild(before!, all, input)
      : all.map((_, index) => blockOf(all, index, input));
    before = { input, all, blocks };
    return blocks.flat();
  };
}

/** The messages, then those on their way; the same object for what has not changed. */
function withOutgoing(
  { messages, outbox, progress, me }: TimelineInput,
  known: Map<string, { entry: OutboxEntry; part: number | undefined; message: TimelineMessage }>,
): readonly TimelineMessage[] {
  if (outbox.length === 0 || me === null) {
    known.clear();
    return messages;
  }
  const newest = messages.slice(-outbox.length - 100);
  const arrived = new Set(newest.map((message) => message.client_id));
  const waiting = outbox.filter((entry) => !arrived.has(entry.clientId));
  const made = waiting.map((entry) => {
    const part = progress[entry.clientId];
    const before = known.get(entry.clientId);
    if (before && before.entry === entry && before.part === part) return before.message;
    const message = outgoing(entry, me, part);
    known.set(entry.clientId, { entry, part, message });
    return message;
  });
  return [...messages, ...made];
}

/** Take over the blocks of the same messages at both ends; make those between, and their neighbours, anew. */
function rebuild(
  before: Remembered,
  all: readonly TimelineMessage[],
  input: TimelineInput,
): readonly Block[] {
  const shorter = Math.min(before.all.length, all.length);
  let head = 0;
  while (head < shorter && before.all[head] === all[head]) head += 1;
  if (head === all.length && head === before.all.length) return before.blocks;
  let tail = 0;
  while (tail < shorter - head && before.all[before.all.length - 1 - tail] === all[all.length - 1 - tail])
    tail += 1;
  const from = Math.max(0, head - 1);
  const to = all.length - Math.max(0, tail - 1);
  const middle: Block[] = [];
  for (let index = from; index < to; index += 1) middle.push(blockOf(all, index, input));
  return [
    ...before.blocks.slice(0, from),
    ...middle,
    ...before.blocks.slice(before.blocks.length - (all.length - to)),
  ];
}

function blockOf(all: readonly TimelineMessage[], index: number, input: TimelineInput): Block {
  const { me, firstUnreadId } = input;
  const message = all[index]!;
  const [earlier, later] = [all[index - 1], all[index + 1]];
  const block: Block = [];
  const day = dayOf(message.created_at);
  if (!earlier || dayOf(earlier.created_at) !== day) block.push({ kind: "date", key: `d${day}`, day });
  const isFirstUnread = message.id === firstUnreadId;
  if (isFirstUnread) block.push({ kind: "unread", key: "unread" });
  block.push({
    kind: "message",
    key: keyOf(message),
    message,
    isMine: me !== null && message.sender?.id === me.id,
    isFirstOfGroup: !earlier || isFirstUnread || !continues(earlier, message),
    isLastOfGroup: !later || later.id === firstUnreadId || !continues(message, later),
  } satisfies MessageEntry);
  return block;
}

/** All entries, from nothing. */
export function buildTimeline(input: TimelineInput): TimelineEntry[] {
  return createTimelineBuilder()(input);
}

/** Give the browser its memory back, when the picture has surely been replaced by the server's. */
export function forgetAddress(blob: Blob): void {
  const address = addresses.get(blob);
  if (address === undefined) return;
  addresses.delete(blob);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
