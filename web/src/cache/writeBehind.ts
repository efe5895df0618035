import type { Conversation, Draft, Message } from "../model/types";
import type { ChatState } from "../store/state";
import type { ChatStore } from "../store/store";
import { listedConversations } from "../store/unlisted";
import type { Cache, CacheBatch } from "./cache";

const DELAY_MS = 400;
/** So many messages of a conversation are kept: what is seen at once when it is opened. */
const KEPT_MESSAGES = 60;

/** Writes what has changed, some time after it has changed, in one transaction: a burst of frames is one write. */
export class WriteBehind {
  private written: ChatState;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private writing: Promise<void> = Promise.resolve();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ChatStore,
    private readonly cache: Cache,
  ) {
    this.written = store.getState();
    this.unsubscribe = store.subscribe(() => {
      this.timer ??= setTimeout(() => void this.flush(), DELAY_MS);
    });
  }

  flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const now = this.store.getState();
    const batch = changesBetween(this.written, now);
    this.written = now;
    if (batch) this.writing = this.writing.then(() => this.cache.write(batch));
    return this.writing;
  }

  /** Nothing is written any more; what was not written yet is lost, unless it was flushed before. */
  stop(): void {
    this.unsubscribe();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

/** What must be written; null: nothing that is kept has changed. */
export function changesBetween(before: ChatState, now: ChatState): CacheBatch | null {
  const batch: CacheBatch = {};
  if (now.me && now.me !== before.me) batch.me = now.me;
  if (now.conversations !== before.conversations || now.unlisted !== before.unlisted) {
    const [kept, wanted] = [listedConversations(before), listedConversations(now)]; // it is the list that is kept
    batch.conversations = changedValues(kept, wanted);
    batch.removedConversations = Object.keys(kept)
      .map(Number)
      .filter((id) => !(id in wanted));
  }
  if (now.timelines !== before.timelines) batch.timelines = changedTimelines(before, now);
  if (now.drafts !== before.drafts) batch.drafts = changedDrafts(before.drafts, now.drafts);
  const isEmpty = Object.values(batch).every((part) => Array.isArray(part) && part.length === 0);
  // The position alone is not worth a write: sync looks a little further back, then.
  if (now.rev !== before.rev && now.rev !== null && !(isEmpty && before.rev !== null)) batch.rev = now.rev;
  return isEmpty && batch.rev === undefined ? null : batch;
}

function changedValues(
  before: Readonly<Record<number, Conversation>>,
  now: Readonly<Record<number, Conversation>>,
): Conversation[] {
  return Object.values(now).filter((one) => before[one.id] !== one);
}

function changedTimelines(before: ChatState, now: ChatState): [number, Message[]][] {
  return Object.entries(now.timelines).flatMap(([key, timeline]): [number, Message[]][] => {
    const isSame = before.timelines[Number(key)]?.messages === timeline.messages;
    // A window into the past is not the end of the conversation.
    if (
      isSame ||
      now.unlisted.has(Number(key)) ||
      timeline.hasNewer ||
      timeline.isStale ||
      timeline.status !== "ready"
    )
      return [];
    return [[Number(key), timeline.messages.slice(-KEPT_MESSAGES)]];
  });
}

function changedDrafts(before: ChatState["drafts"], now: ChatState["drafts"]): [number, Draft | null][] {
  const ids = new Set([...Object.keys(before), ...Object.keys(now)].map(Number));
  return [...ids].filter((id) => before[id] !== now[id]).map((id) => [id, now[id] ?? null]);
}
