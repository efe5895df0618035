import type { Conversation, Draft, Me, Message } from "../model/types";
import { bySeq } from "../store/outbox";
import type { OutboxEntry } from "../store/state";
import type { Cache, CacheBatch, CachedStart } from "./cache";

/** Where there is no IndexedDB (some private windows): everything works, but nothing outlives the window. */
export class MemoryCache implements Cache {
  private me: Me | null = null;
  private rev: number | null = null;
  private readonly conversations = new Map<number, Conversation>();
  private readonly timelines = new Map<number, Message[]>();
  private readonly drafts = new Map<number, Draft>();
  private readonly outbox = new Map<string, OutboxEntry>();
  private readonly leases = new Map<string, { owner: string; until: number }>();

  async load(): Promise<CachedStart> {
    return {
      me: this.me,
      rev: this.rev,
      conversations: [...this.conversations.values()],
      drafts: Object.fromEntries(this.drafts),
    };
  }

  async loadTimeline(conversationId: number): Promise<Message[]> {
    return this.timelines.get(conversationId) ?? [];
  }

  async write(batch: CacheBatch): Promise<void> {
    for (const one of batch.conversations ?? []) this.conversations.set(one.id, one);
    for (const id of batch.removedConversations ?? []) {
      this.conversations.delete(id);
      this.timelines.delete(id);
    }
    for (const [id, messages] of batch.timelines ?? []) this.timelines.set(id, messages);
    for (const [id, draft] of batch.drafts ?? []) {
      if (draft) this.drafts.set(id, draft);
      else this.drafts.delete(id);
    }
    this.me = batch.me ?? this.me;
    this.rev = batch.rev ?? this.rev;
  }

  async putOutbox(entries: readonly OutboxEntry[]): Promise<void> {
    for (const entry of entries) this.outbox.set(entry.clientId, entry);
  }

  async updateOutbox(clientId: string, change: (entry: OutboxEntry) => OutboxEntry): Promise<boolean> {
    const entry = this.outbox.get(clientId);
    if (entry) this.outbox.set(clientId, change(entry));
    return entry !== undefined;
  }

  async deleteOutbox(clientId: string): Promise<void> {
    this.outbox.delete(clientId);
  }

  async listOutbox(conversationId?: number): Promise<OutboxEntry[]> {
    const all = [...this.outbox.values()].sort(bySeq);
    return conversationId === undefined ? all : all.filter((one) => one.conversationId === conversationId);
  }

  async lease(name: string, owner: string, until: number, now: number): Promise<boolean> {
    const held = this.leases.get(name);
    if (held && held.owner !== owner && held.until >= now) return false;
    this.leases.set(name, { owner, until });
    return true;
  }

  close(): void {}

  async wipe(): Promise<void> {
    this.conversations.clear();
    this.timelines.clear();
    this.drafts.clear();
    this.outbox.clear();
    this.me = null;
    this.rev = null;
  }
}
