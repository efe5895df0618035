import type { Cache } from "../cache/cache";
import { forgetAddress } from "../model/timeline";
import type { OutgoingDraft } from "../model/types";
import { Backoff, Pause } from "../services/backoff";
import type { ChatService, DownloadFile, UploadFile } from "../services/chatService";
import type { Lock } from "../services/lock";
import { setUploads } from "../services/uploads";
import { changeConversation } from "../store/conversations";
import { addMessage, lastMessageOf } from "../store/frames";
import { findEntry, putEntries, removeEntry, removeSent, setProgress } from "../store/outbox";
import type { OutboxEntry } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { entriesOf, entryAgain } from "./entries";
import { type Outcome, sendEntry } from "./sender";

interface Parts {
  /** Whose messages these are. */
  personId: number;
  store: ChatStore;
  api: ChatService;
  upload: UploadFile;
  download: DownloadFile;
  cache: Cache;
  lock: Lock;
  /** Tell the other windows that something has changed there. */
  tell(conversationId: number): void;
  random?: () => number;
}

/**
 * Messages on their way: shown at once, kept in the database until the server has them, sent one after the other in
 * each conversation by one window of all. `client_id` makes a repeat harmless, whatever was lost on the way. It takes
 * messages at once, and sends the first one when it is sure that they are this person's: `begin`.
 */
export class Outbox {
  private readonly draining = new Map<number, Promise<void>>();
  private readonly again = new Set<number>();
  /** Sent or taken back: a list that was read from the database before that must not show them again. */
  private readonly gone = new Set<string>();
  /** Refused by the homeserver and sent anew. */
  private readonly repeated = new Set<string>();
  private readonly aborts = new Map<string, AbortController>();
  private readonly pause = new Pause();
  /** Written before it was sure who is here. Null: it is. */
  private unconfirmed: Set<string> | null = new Set();
  private written: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly parts: Parts) {
    window.addEventListener("online", this.retryNow);
  }

  /** Show what an earlier visit has left. */
  async show(): Promise<readonly OutboxEntry[]> {
    const entries = (await this.parts.cache.listOutbox()).filter((one) => !this.gone.has(one.clientId));
    if (!this.isStopped) apply(this.parts.store, (state) => putEntries(state, entries));
    return entries;
  }

  /** The person is here: send all that waits. */
  async begin(): Promise<void> {
    this.unconfirmed = null;
    const entries = await this.show();
    for (const id of new Set(entries.map((entry) => entry.conversationId))) this.drain(id);
  }

  /** It was somebody else who wrote here: what they did is not sent before its owner says so. */
  async disown(): Promise<void> {
    await this.written;
    const error = { code: "unconfirmed", detail: "" };
    for (const clientId of this.unconfirmed ?? [])
      await this.parts.cache.updateOutbox(clientId, (one) => ({ ...one, status: "failed", error }));
  }

  send = (conversationId: number, draft: OutgoingDraft): void => {
    this.put(entriesOf(draft, conversationId, this.parts.personId));
    const sentFiles = new Set(draft.files.map((file) => file.id));
    apply(this.parts.store, (state) => {
      const left = (state.uploads[conversationId] ?? []).filter((file) => !sentFiles.has(file.id));
      return setUploads(state, conversationId, left);
    });
  };

  /** Rejects where the server must be asked, and does not do it. */
  retry = async (clientId: string): Promise<void> => {
    const entry = findEntry(this.parts.store.getState(), clientId);
    if (entry) await this.setStatus(entry, { status: "waiting", error: null });
    else await this.sendAgain(clientId);
  };

  /** Rejects where the server must be asked, and does not do it. */
  discard = async (clientId: string): Promise<void> => {
    const entry = findEntry(this.parts.store.getState(), clientId);
    if (entry) {
      this.aborts.get(clientId)?.abort();
      await this.forget(entry.conversationId, clientId);
      return;
    }
    const failed = this.findRefused(clientId);
    if (failed) await this.parts.api.deleteMessage(failed.id);
  };

  /** Another window has put something in, or taken something out. */
  reload = async (conversationId: number): Promise<void> => {
    const { store, cache } = this.parts;
    const kept = (await cache.listOutbox(conversationId)).filter((one) => !this.gone.has(one.clientId));
    apply(store, (state) => {
      const shown = state.outbox[conversationId] ?? [];
      const gone = shown.filter((entry) => !kept.some((one) => one.clientId === entry.clientId));
      // The same blob stays the same object: its picture must not flicker.
      const merged = kept.map((one) => {
        const before = shown.find((entry) => entry.clientId === one.clientId);
        return before?.file && one.file ? { ...one, file: { ...one.file, blob: before.file.blob } } : one;
      });
      return gone.reduce(
        (next, entry) => removeEntry(next, conversationId, entry.clientId),
        merged.length > 0 ? putEntries(state, merged) : state,
      );
    });
    if (kept.some((entry) => entry.status === "waiting")) this.drain(conversationId);
  };

  retryNow = (): void => this.pause.end();

  stop(): void {
    this.isStopped = true;
    window.removeEventListener("online", this.retryNow);
    for (const abort of this.aborts.values()) abort.abort();
    this.pause.end();
  }

  /** For tests: when nothing is being sent any more. */
  async settled(): Promise<void> {
    while (this.draining.size > 0) await Promise.all(this.draining.values());
  }

  /** Shown at once; sent once it is kept. */
  private put(entries: readonly OutboxEntry[]): Promise<void> {
    const { store, cache, tell } = this.parts;
    for (const { clientId } of entries) this.unconfirmed?.add(clientId);
    apply(store, (state) => putEntries(state, entries));
    const kept = cache.putOutbox(entries).then(() => {
      for (const id of new Set(entries.map((entry) => entry.conversationId))) {
        tell(id);
        this.drain(id);
      }
    });
    this.written = Promise.all([this.written, kept]);
    return kept;
  }

  private drain(conversationId: number): void {
    if (this.isStopped || this.unconfirmed) return;
    if (this.draining.has(conversationId)) {
      this.again.add(conversationId);
      this.pause.end();
      return;
    }
    const running = this.parts
      .lock(`outbox:${conversationId}`, () => this.sendAll(conversationId))
      .finally(() => {
        this.draining.delete(conversationId);
        if (this.again.delete(conversationId)) this.drain(conversationId);
      });
    this.draining.set(conversationId, running);
  }

  private async sendAll(conversationId: number): Promise<void> {
    const backoff = new Backoff({
      firstMs: 1_000,
      longestMs: 30_000,
      ...(this.parts.random ? { random: this.parts.random } : {}),
    });
    while (!this.isStopped) {
      // Asked anew each time: another window may have sent it, or taken it back.
      const next = (await this.parts.cache.listOutbox(conversationId)).find((one) => one.status !== "failed");
      if (!next) return;
      const outcome = await this.attempt(next);
      if (this.isStopped) return;
      if (outcome.kind === "later") await this.pause.wait(backoff.next(outcome.retryAfterS));
      else backoff.reset();
    }
  }

  private async attempt(entry: OutboxEntry): Promise<Outcome> {
    const abort = new AbortController();
    this.aborts.set(entry.clientId, abort);
    try {
      const outcome = await sendEntry({ ...this.parts, onProgress: this.onProgress }, entry, abort.signal);
      if (outcome.kind === "sent") await this.arrived(entry, outcome.message);
      if (outcome.kind === "refused") {
        await this.setStatus(entry, {
          status: "failed",
          error: { code: outcome.code, detail: outcome.detail },
        });
      }
      return outcome;
    } finally {
      this.aborts.delete(entry.clientId);
    }
  }

  private async arrived(
    entry: OutboxEntry,
    message: Awaited<ReturnType<ChatService["sendMessage"]>>,
  ): Promise<void> {
    const { store, cache, tell } = this.parts;
    this.gone.add(entry.clientId);
    apply(store, (state) => {
      const next = removeSent(addMessage(state, message), message, message.sender?.id);
      return changeConversation(next, entry.conversationId, (one) => {
        if ((one.last_message?.id ?? 0) >= message.id) return one;
        // Its frame follows, with the conversation's `rev`; the list need not wait for it.
        return { ...one, last_message: lastMessageOf(message), updated_at: message.created_at };
      });
    });
    await cache.deleteOutbox(entry.clientId);
    tell(entry.conversationId);
    if (entry.file) forgetAddress(entry.file.blob);
  }

  private async setStatus(entry: OutboxEntry, patch: Pick<OutboxEntry, "status" | "error">): Promise<void> {
    const { store, cache, tell } = this.parts;
    const isThere = await cache.updateOutbox(entry.clientId, (one) => ({ ...one, ...patch }));
    if (!isThere) return;
    apply(store, (state) => {
      const shown = findEntry(state, entry.clientId);
      return shown ? putEntries(state, [{ ...shown, ...patch }]) : state;
    });
    tell(entry.conversationId);
    if (patch.status === "waiting") this.drain(entry.conversationId);
  }

  private async forget(conversationId: number, clientId: string): Promise<void> {
    const { store, cache, tell } = this.parts;
    this.gone.add(clientId);
    apply(store, (state) => removeEntry(state, conversationId, clientId));
    await cache.deleteOutbox(clientId);
    tell(conversationId);
  }

  /** The homeserver refused it after the bridge had taken it: it is sent as a new message, its file uploaded anew. */
  private async sendAgain(clientId: string): Promise<void> {
    const failed = this.findRefused(clientId);
    if (!failed || this.repeated.has(clientId)) return;
    this.repeated.add(clientId);
    try {
      const file = failed.file && (await this.parts.download(failed.file.file_url));
      await this.put([entryAgain(failed, file, this.parts.personId)]);
    } catch (error) {
      this.repeated.delete(clientId);
      throw error;
    }
    await this.parts.api.deleteMessage(failed.id);
  }

  private findRefused(clientId: string) {
    const { timelines } = this.parts.store.getState();
    for (const timeline of Object.values(timelines)) {
      const found = timeline.messages.findLast(
        (message) =>
          message.client_id === clientId &&
          message.sender?.id === this.parts.personId &&
          message.status === "failed",
      );
      if (found) return found;
    }
    return undefined;
  }

  private onProgress = (clientId: string, part: number | null): void =>
    apply(this.parts.store, (state) => setProgress(state, clientId, part));
}
