import type { Cache } from "../cache/cache";
import { WriteBehind } from "../cache/writeBehind";
import { Outbox } from "../outbox/outbox";
import type { ChatService, UploadFile } from "../services/chatService";
import { createLock } from "../services/lock";
import { Tabs } from "../services/tabs";
import { downloadFile } from "../services/uploadService";
import type { ChatStore } from "../store/store";

export interface ProfileParts {
  server: string;
  personId: number;
  cache: Cache;
  store: ChatStore;
  api: ChatService;
  upload: UploadFile;
  /** Another window of this person has signed out. */
  onSignOut(): void;
}

/** So long a stopped client waits for the answer to what it was just sending. */
const LAST_ANSWER_MS = 2_000;

/**
 * What this browser keeps for one person, in the hands of this window: the cache, what is on its way out, and the word
 * to their other windows. It is there as soon as the cache is; nothing is sent before the person is confirmed.
 */
export class Profile {
  readonly cache: Cache;
  readonly tabs: Tabs;
  readonly outbox: Outbox;
  private readonly writeBehind: WriteBehind;
  private readonly unsubscribe: () => void;

  constructor(parts: ProfileParts) {
    const { server, personId, cache, store } = parts;
    const scope = `classbridge-chat:${server}:${personId}`;
    this.cache = cache;
    this.tabs = new Tabs(scope, {
      onOutbox: (conversationId) => void this.outbox.reload(conversationId),
      onSignOut: parts.onSignOut,
    });
    const tell = (conversationId: number) => this.tabs.tellOutbox(conversationId);
    const lock = createLock(cache, scope);
    this.outbox = new Outbox({ ...parts, download: downloadFile, lock, tell });
    this.writeBehind = new WriteBehind(store, cache);
    this.tabs.setActive(store.getState().activeId);
    this.unsubscribe = store.subscribe((state, before) => {
      if (state.activeId !== before.activeId) this.tabs.setActive(state.activeId);
    });
    document.addEventListener("visibilitychange", this.flush);
    window.addEventListener("pagehide", this.flush);
  }

  /** The person goes on later: all is written. */
  close(): void {
    const written = this.writeBehind.flush();
    this.end();
    void Promise.all([written, this.lastAnswer()]).then(() => this.cache.close());
  }

  /** It is somebody else: nothing more is written of what is on screen. What this person has sent stays theirs. */
  leave(): void {
    this.end();
    void Promise.all([this.outbox.disown(), this.lastAnswer()]).then(() => this.cache.close());
  }

  /** The person goes for good: nothing stays. */
  async wipe(isToldToOthers: boolean): Promise<void> {
    if (isToldToOthers) this.tabs.tellSignOut();
    this.end();
    await this.cache.wipe();
  }

  private end(): void {
    this.unsubscribe();
    this.writeBehind.stop();
    this.outbox.stop();
    this.tabs.stop();
    document.removeEventListener("visibilitychange", this.flush);
    window.removeEventListener("pagehide", this.flush);
  }

  /** What the server has just taken should not be found in the outbox at the next visit. */
  private lastAnswer(): Promise<void> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, LAST_ANSWER_MS));
    return Promise.race([this.outbox.settled(), patience]);
  }

  private flush = (): void => {
    if (document.visibilityState === "hidden") void this.writeBehind.flush();
  };
}
