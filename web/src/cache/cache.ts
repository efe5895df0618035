/** What is kept in this browser between visits, for one person. */

import type { Conversation, Draft, Me, Message } from "../model/types";
import type { OutboxEntry } from "../store/state";

export interface CachedStart {
  me: Me | null;
  rev: number | null;
  conversations: Conversation[];
  drafts: Record<number, Draft>;
}

/** Changes to be written together. */
export interface CacheBatch {
  me?: Me;
  rev?: number;
  conversations?: Conversation[];
  removedConversations?: number[];
  /** The newest messages of a conversation, instead of those before. */
  timelines?: [conversationId: number, messages: Message[]][];
  /** Null: there is none any more. */
  drafts?: [conversationId: number, draft: Draft | null][];
}

export interface Cache {
  /** Everything that is shown before the server answers. */
  load(): Promise<CachedStart>;
  loadTimeline(conversationId: number): Promise<Message[]>;
  write(batch: CacheBatch): Promise<void>;
  putOutbox(entries: readonly OutboxEntry[]): Promise<void>;
  /** Change one entry if it is still there; gives whether it was. */
  updateOutbox(clientId: string, change: (entry: OutboxEntry) => OutboxEntry): Promise<boolean>;
  deleteOutbox(clientId: string): Promise<void>;
  /** In the order of sending. */
  listOutbox(conversationId?: number): Promise<OutboxEntry[]>;
  /** Take or prolong a lease; false: another window holds it. */
  lease(name: string, owner: string, until: number, now: number): Promise<boolean>;
  close(): void;
  /** Forget everything, for good. */
  wipe(): Promise<void>;
}
