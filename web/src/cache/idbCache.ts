import { deleteDB } from "idb";
import type { Draft, Me } from "../model/types";
import { bySeq } from "../store/outbox";
import type { OutboxEntry } from "../store/state";
import type { Cache, CacheBatch, CachedStart } from "./cache";
import { type Database, type Lease, openDatabase } from "./database";

/** The cache in IndexedDB. Several windows write to it: an older conversation never replaces a newer one. */
export class IdbCache implements Cache {
  private constructor(
    private readonly name: string,
    private readonly db: Database,
  ) {}

  /** `onGone`: the database was closed under us; nothing can be kept any more. */
  static async open(name: string, onGone: () => void): Promise<IdbCache> {
    return new IdbCache(name, await openDatabase(name, onGone));
  }

  async load(): Promise<CachedStart> {
    const tx = this.db.transaction(["conversations", "drafts", "meta"]);
    const [me, rev, conversations, drafts] = await Promise.all([
      tx.objectStore("meta").get("me"),
      tx.objectStore("meta").get("rev"),
      tx.objectStore("conversations").getAll(),
      tx.objectStore("drafts").getAll(),
    ]);
    return {
      me: (me as Me | undefined) ?? null,
      rev: (rev as number | undefined) ?? null,
      conversations,
      drafts: Object.fromEntries(
        drafts.map(({ conversationId, ...draft }) => [conversationId, draft as Draft]),
      ),
    };
  }

  async loadTimeline(conversationId: number) {
    return (await this.db.get("timelines", conversationId))?.messages ?? [];
  }

  async write(batch: CacheBatch): Promise<void> {
    const draftsAreWritten = this.writeDrafts(batch.drafts ?? []);
    const tx = this.db.transaction(["conversations", "timelines", "meta"], "readwrite");
    const [conversations, timelines, meta] = [
      tx.objectStore("conversations"),
      tx.objectStore("timelines"),
      tx.objectStore("meta"),
    ];
    for (const one of batch.conversations ?? []) {
      const before = await conversations.get(one.id);
      if (!before || before.rev <= one.rev) await conversations.put(one);
    }
    for (const id of batch.removedConversations ?? []) {
      await Promise.all([conversations.delete(id), timelines.delete(id)]);
    }
    for (const [conversationId, messages] of batch.timelines ?? [])
      await timelines.put({ conversationId, messages });
    if (batch.me) await meta.put(batch.me, "me");
    if (batch.rev !== undefined) await meta.put(batch.rev, "rev");
    await Promise.all([tx.done, draftsAreWritten]);
  }

  /** In one go and committed at once: when the page is closing, nothing that waits for an answer is written any more. */
  private async writeDrafts(drafts: NonNullable<CacheBatch["drafts"]>): Promise<void> {
    if (drafts.length === 0) return;
    const tx = this.db.transaction("drafts", "readwrite");
    const requests = drafts.map(([conversationId, draft]) =>
      draft ? tx.store.put({ conversationId, ...draft }) : tx.store.delete(conversationId),
    );
    tx.commit();
    await Promise.all([...requests, tx.done]);
  }

  async putOutbox(entries: readonly OutboxEntry[]): Promise<void> {
    const tx = this.db.transaction("outbox", "readwrite");
    await Promise.all([...entries.map((entry) => tx.store.put(entry)), tx.done]);
  }

  async updateOutbox(clientId: string, change: (entry: OutboxEntry) => OutboxEntry): Promise<boolean> {
    const tx = this.db.transaction("outbox", "readwrite");
    const entry = await tx.store.get(clientId);
    if (entry) await tx.store.put(change(entry));
    await tx.done;
    return entry !== undefined;
  }

  async deleteOutbox(clientId: string): Promise<void> {
    await this.db.delete("outbox", clientId);
  }

  async listOutbox(conversationId?: number): Promise<OutboxEntry[]> {
    const found =
      conversationId === undefined
        ? await this.db.getAll("outbox")
        : await this.db.getAllFromIndex("outbox", "byConversation", conversationId);
    return found.sort(bySeq);
  }

  async lease(name: string, owner: string, until: number, now: number): Promise<boolean> {
    const tx = this.db.transaction("meta", "readwrite");
    const held = (await tx.store.get(`lease:${name}`)) as Lease | undefined;
    const isFree = !held || held.owner === owner || held.until < now;
    if (isFree) await tx.store.put({ owner, until }, `lease:${name}`);
    await tx.done;
    return isFree;
  }

  close(): void {
    this.db.close();
  }

  async wipe(): Promise<void> {
    this.db.close();
    await deleteDB(this.name);
  }
}
