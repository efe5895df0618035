import type { Cache } from "../cache/cache";
import type { OutboxActions } from "../context/client";
import { forgetAddress } from "../model/timeline";
import type { OutgoingDraft } from "../model/types";
import { ApiError } from "../services/apiError";
import { Backoff, Pause } from "../services/backoff";
import type { ChatService, UploadFile } from "../services/chatService";
import type { Lock } from "../services/lock";
import { setUploads } from "../services/uploads";
import { changeConversation } from "../store/conversations";
import { addMessage, lastMessageOf } from "../store/frames";
import { findEntry, putEntries, removeEntry, removeSent, setProgress } from "../store/outbox";
import type { OutboxEntry } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { entriesOf } from "./entries";
import { type Outcome, sendEntry } from "./sender";

interface Parts {
  store: ChatStore;
  api: ChatService;
  upload: UploadFile;
  cache: Cache;
  lock: Lock;
  /** Tell the other windows that something has changed there. */
  tell(conversationId: number): void;
  random?: () => number;
}

/**
 * Messages on their way: shown at once, kept in the database until the server has them, sent one after the other in
 * each conversation by one window of all. `client_id` makes a repeat harmless, whatever was lost on the way.
 */
export class Outbox implements OutboxActions {
  private readonly draining = new Map<number, Promise<void>>();
  private readonly again = new Set<number>();
  /** Sent or taken back: a list that was read from the database before that must not show them again. */
  private readonly gone = new Set<string>();
  private readonly aborts = new Map<string, AbortController>();
  private readonly pause = new Pause();
  private isStopped = false;

  constructor(private readonly parts: Parts) {
    window.addEventListener("online", this.retryNow);
  }

  /** Show and send what an earlier visit has left. */
  async resume(): Promise<void> {
    const entries = await this.parts.cache.listOutbox();
    apply(this.parts.store, (state) => putEntries(state, entries));
    for (const id of new Set(entries.map((entry) => entry.conversationId))) this.drain(id);
  }

  send = (conversationId: number, draft: OutgoingDraft): void => {
    const { store } = this.parts;
    const me = store.getState().me;
    if (!me) return;
    const entries = entriesOf(draft, conversationId, me.id);
    const sentFiles = new Set(draft.files.map((file) => file.id));
    apply(store, (state) => {
      const left = (state.uploads[conversationId] ?? []).filter((file) => !sentFiles.has(file.id));
      return setUploads(putEntries(state, entries), conversationId, left);
    });
    void this.parts.cache.putOutbox(entries).then(() => {
      this.parts.tell(conversationId);
      this.drain(conversationId);
    });
  };

  retry = (clientId: string): void => {
    const entry = findEntry(this.parts.store.getState(), clientId);
    if (entry) void this.setStatus(entry, { status: "waiting", error: null });
    else this.sendAgain(clientId);
  };

  discard = (clientId: string): void => {
    const { store, api } = this.parts;
    const entry = findEntry(store.getState(), clientId);
    if (entry) {
      this.aborts.get(clientId)?.abort();
      this.forget(entry.conversationId, clientId);
      return;
    }
    const failed = this.findRefused(clientId);
    if (failed) void api.deleteMessage(failed.id).catch(ignoreKnown);
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

  private drain(conversationId: number): void {
    if (this.isStopped) return;
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

  private forget(conversationId: number, clientId: string): void {
    const { store, cache, tell } = this.parts;
    this.gone.add(clientId);
    apply(store, (state) => removeEntry(state, conversationId, clientId));
    void cache.deleteOutbox(clientId).then(() => tell(conversationId));
  }

  /** The homeserver refused it after the bridge had taken it: its text is sent as a new message. */
  private sendAgain(clientId: string): void {
    const failed = this.findRefused(clientId);
    if (!failed || failed.text === "") return;
    this.send(failed.conversation_id, {
      text: failed.text,
      mentions: failed.mentions,
      replyTo: null,
      files: [],
    });
    void this.parts.api.deleteMessage(failed.id).catch(ignoreKnown);
  }

  private findRefused(clientId: string) {
    const { timelines, me } = this.parts.store.getState();
    for (const timeline of Object.values(timelines)) {
      const found = timeline.messages.findLast(
        (message) =>
          message.client_id === clientId && message.sender?.id === me?.id && message.status === "failed",
      );
      if (found) return found;
    }
    return undefined;
  }

  private onProgress = (clientId: string, part: number | null): void =>
    apply(this.parts.store, (state) => setProgress(state, clientId, part));
}

function ignoreKnown(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
