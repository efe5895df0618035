import type { QueryClient } from "@tanstack/react-query";
import type { Cache, CachedStart } from "../cache/cache";
import type { EarlyCache } from "../cache/earlyCache";
import { openAndRead } from "../cache/openCache";
import { WriteBehind } from "../cache/writeBehind";
import type { Frame } from "../model/frames";
import { personOf } from "../model/ids";
import { Outbox } from "../outbox/outbox";
import { ApiError } from "../services/apiError";
import { Backoff, Pause } from "../services/backoff";
import { CatchUp } from "../services/catchUp";
import type { ChatService, UploadFile } from "../services/chatService";
import type { ListService } from "../services/listService";
import { createLock } from "../services/lock";
import type { NotificationService } from "../services/notificationService";
import { participantsKey } from "../services/participants";
import type { ReadService } from "../services/readService";
import { Tabs } from "../services/tabs";
import type { TimelineService } from "../services/timelineService";
import type { Tokens } from "../services/tokens";
import { TypingService } from "../services/typingService";
import { ChatSocket } from "../services/websocketService";
import { conversationToRefresh, reduceFrame } from "../store/frames";
import { stateOfKept } from "../store/kept";
import { EMPTY_STATE } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { advance, isNews } from "../store/sync";

export interface RunParts {
  apiBase: string;
  server: string;
  /** Who was here last: what is kept of them is shown before the token is there. */
  lastPersonId: number | null;
  /** Their cache, if somebody has opened it before. */
  early: EarlyCache | null;
  store: ChatStore;
  tokens: Tokens;
  api: ChatService;
  upload: UploadFile;
  queries: QueryClient;
  lists: ListService;
  timelines: TimelineService;
  notifications: NotificationService;
  /** Who is signed in has changed: nobody, or somebody else in another window. `isWiped`: nothing may be kept. */
  onSignedOut(isWiped: boolean): void;
  /** Calls for this person may begin. */
  onReady(): void;
}

/** So long a stopped client waits for the answer to what it was just sending. */
const LAST_ANSWER_MS = 2_000;

/** From start to stop: the person, the cache, the socket, and all that belongs to them. */
export class Run {
  cache: Cache | null = null;
  tabs: Tabs | null = null;
  outbox: Outbox | null = null;
  readonly typing: TypingService;
  readonly socket: ChatSocket;
  private readonly catchUp: CatchUp;
  private writeBehind: WriteBehind | null = null;
  private readonly pause = new Pause();
  private opening: Promise<Cache> | null = null;
  private isStopped = false;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly parts: RunParts,
    private readonly reads: ReadService,
  ) {
    const { store, api, lists, timelines, notifications } = parts;
    this.socket = new ChatSocket({
      apiBase: parts.apiBase,
      getTicket: () => api.getTicket(),
      handlers: {
        onFrame: (frame) => this.catchUp.holds(frame) || this.take(frame),
        onOpen: () => void this.opened(),
        onConnecting: () => this.setConnection("connecting", null),
        onDown: (retryAt) => this.down(retryAt),
        onRefused: () => parts.tokens.distrust(),
        onSignedOut: () => parts.onSignedOut(false),
      },
    });
    this.typing = new TypingService(store, (frame) => this.socket.send(frame));
    this.catchUp = new CatchUp({
      store,
      api,
      lists,
      timelines,
      onFrame: (frame) => this.take(frame),
      onNews: (messages) => void notifications.missed(messages),
      onSignedOut: () => parts.onSignedOut(false),
    });
  }

  async start(): Promise<void> {
    const { parts } = this;
    if (parts.lastPersonId !== null) await this.openFor(parts.lastPersonId);
    const personId = await this.retrying(
      async () => personOf(await parts.tokens.get()) ?? (await this.loadMe()),
    );
    if (personId === null) return;
    if (parts.lastPersonId !== null && parts.lastPersonId !== personId) this.closeAnothers();
    await this.openFor(personId);
    if (this.isStopped || !this.cache) return;
    this.join(personId, this.cache);
    this.socket.start();
    void this.retrying(() => this.loadMe());
    if (parts.store.getState().rev === null) {
      const answer = await this.retrying(() => parts.api.sync(null));
      if (answer === null) return;
      apply(parts.store, (state) => advance(state, answer.rev));
    }
    parts.onReady();
    await this.outbox?.resume();
  }

  /** Open the cache of a person, and show what is in it. */
  private async openFor(personId: number): Promise<void> {
    if (this.cache || this.isStopped) return;
    const { early, server } = this.parts;
    const opened = early?.take(server, personId) ?? openAndRead(server, personId);
    this.opening = opened.cache;
    const cache = await opened.cache;
    if (this.isStopped) {
      cache.close();
      return;
    }
    this.cache = cache;
    this.showKept(await opened.start);
  }

  /** The token is somebody else's: what was shown goes at once. */
  private closeAnothers(): void {
    this.cache?.close();
    this.cache = null;
    this.opening = null;
    const { activeId, connection } = this.parts.store.getState();
    this.parts.store.setState({ ...EMPTY_STATE, activeId, connection }, true);
  }

  stop(): void {
    this.isStopped = true;
    this.parts.early?.discard();
    this.unsubscribe();
    this.reads.stop();
    this.pause.end();
    this.typing.stop();
    this.socket.stop();
    this.catchUp.interrupt();
    this.outbox?.stop();
    this.tabs?.stop();
    document.removeEventListener("visibilitychange", this.flush);
    window.removeEventListener("pagehide", this.flush);
    const { cache } = this;
    const written = this.writeBehind?.flush() ?? Promise.resolve();
    this.writeBehind?.stop();
    // What the server has just taken should not be found in the outbox at the next visit.
    const sent = Promise.race([this.outbox?.settled(), this.pause.wait(LAST_ANSWER_MS)]);
    void Promise.all([written, sent]).then(() => cache?.close());
  }

  /** Stop, and forget everything. */
  async wipe(isToldToOthers: boolean): Promise<void> {
    if (isToldToOthers) this.tabs?.tellSignOut();
    const opening = this.cache ?? this.opening; // what is only just being opened is wiped, too
    this.writeBehind?.stop();
    this.writeBehind = null;
    this.cache = null;
    this.stop();
    const cache = await opening;
    await cache?.wipe();
  }

  /** The cache, the other windows and the outbox, for this person. */
  private join(personId: number, cache: Cache): void {
    const { store, server, api, upload } = this.parts;
    const scope = `classbridge-chat:${server}:${personId}`;
    const tabs = new Tabs(scope, {
      onOutbox: (conversationId) => void this.outbox?.reload(conversationId),
      onSignOut: () => this.parts.onSignedOut(true),
    });
    this.tabs = tabs;
    this.reads.start();
    const lock = createLock(cache, scope);
    const tell = (conversationId: number) => tabs.tellOutbox(conversationId);
    this.outbox = new Outbox({ store, api, upload, cache, lock, tell });
    this.writeBehind = new WriteBehind(store, cache);
    tabs.setActive(store.getState().activeId);
    this.unsubscribe = store.subscribe((state, before) => {
      if (state.activeId !== before.activeId) tabs.setActive(state.activeId);
    });
    document.addEventListener("visibilitychange", this.flush);
    window.addEventListener("pagehide", this.flush);
  }

  private showKept(kept: CachedStart): void {
    const { store } = this.parts;
    const isFresh = Object.keys(store.getState().conversations).length === 0;
    if (!isFresh || this.isStopped) return;
    const known = stateOfKept(kept);
    store.setState((state) => ({
      ...known,
      me: state.me ?? known.me,
      drafts: { ...known.drafts, ...state.drafts },
    }));
  }

  private async loadMe(): Promise<number> {
    const me = await this.parts.api.getMe();
    if (!this.isStopped) this.parts.store.setState({ me });
    return me.id;
  }

  private async opened(): Promise<void> {
    this.setConnection("catching_up", null);
    if (!(await this.catchUp.run())) return;
    this.setConnection("online", null);
    this.outbox?.retryNow();
    this.reads.retryNow();
  }

  private down(retryAt: number | null): void {
    this.catchUp.interrupt();
    this.setConnection("offline", retryAt);
  }

  private take(frame: Frame): void {
    const { store, lists, queries, notifications } = this.parts;
    const before = store.getState();
    apply(store, (state) => {
      const next = reduceFrame(state, frame, Date.now());
      return typeof frame.rev === "number" ? advance(next, frame.rev) : next;
    });
    if (frame.type === "conversation.updated") {
      void queries.invalidateQueries({ queryKey: participantsKey(frame.conversation_id) });
    }
    const stale = conversationToRefresh(before, store.getState(), frame);
    const refreshed = stale === null ? Promise.resolve() : lists.refresh(stale);
    if (frame.type === "message.new" && isNews(before, frame.message))
      void refreshed.then(() => notifications.message(frame.message));
  }

  private setConnection(
    state: "connecting" | "catching_up" | "online" | "offline",
    retryAt: number | null,
  ): void {
    if (!this.isStopped) this.parts.store.setState({ connection: { state, retryAt } });
  }

  /** Until it succeeds, nobody is signed in (null) or this run is stopped (null). */
  private async retrying<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 30_000 });
    while (!this.isStopped) {
      try {
        const answer = await ask();
        return this.isStopped ? null : answer;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401) {
          if (!this.isStopped) this.parts.onSignedOut(false);
          return null;
        }
        if (!this.isStopped) await this.wait(backoff.next(error.retryAfterS));
      }
    }
    return null;
  }

  private async wait(ms: number): Promise<void> {
    const { state } = this.parts.store.getState().connection;
    if (state === "connecting" && !this.cache) this.setConnection("offline", Date.now() + ms);
    window.addEventListener("online", this.wake);
    await this.pause.wait(ms);
    window.removeEventListener("online", this.wake);
    if (!this.cache) this.setConnection("connecting", null);
  }

  wake = (): void => {
    this.pause.end();
    this.socket.wake();
  };

  private flush = (): void => {
    if (document.visibilityState === "hidden") void this.writeBehind?.flush();
  };
}
