import type { Cache, CachedStart } from "../cache/cache";
import { openAndRead } from "../cache/openCache";
import type { Frame } from "../model/frames";
import type { Me, Message } from "../model/types";
import { ApiError } from "../services/apiError";
import { Backoff, Pause } from "../services/backoff";
import { CatchUp } from "../services/catchUp";
import { participantsKey } from "../services/participants";
import { TypingService } from "../services/typingService";
import { ChatSocket } from "../services/websocketService";
import { conversationToRefresh, reduceFrame } from "../store/frames";
import { stateOfKept } from "../store/kept";
import { apply } from "../store/store";
import { advance, isNews } from "../store/sync";
import { Profile } from "./profile";
import type { Visit } from "./visit";

/** From start to stop: the person, the cache, the socket, and all that belongs to them. */
export class Run {
  profile: Profile | null = null;
  readonly typing: TypingService;
  readonly socket: ChatSocket;
  private readonly catchUp: CatchUp;
  private readonly pause = new Pause();
  private opening: Promise<Cache> | null = null;
  /** The state of the connection is the socket's from then on. */
  private hasSocket = false;
  private isStopped = false;

  constructor(private readonly visit: Visit) {
    const { store, api, lists, timelines, tokens, parts } = visit;
    this.socket = new ChatSocket({
      apiBase: parts.apiBase,
      getTicket: () => api.getTicket(),
      handlers: {
        onFrame: (frame) => this.hear(frame),
        onOpen: () => void this.opened(),
        onConnecting: () => this.setConnection("connecting", null),
        onDown: (retryAt) => this.down(retryAt),
        onRefused: () => tokens.distrust(),
        onSignedOut: () => visit.signedOut(false),
      },
    });
    this.typing = new TypingService(store, (frame) => this.socket.send(frame));
    this.catchUp = new CatchUp({
      store,
      api,
      lists,
      timelines,
      onFrame: (frame) => this.take(frame),
      onNews: (messages) => void parts.notifications().missed(messages),
      onSignedOut: () => visit.signedOut(false),
    });
  }

  async start(): Promise<void> {
    const { visit } = this;
    if (visit.personId !== null) await this.openFor(visit.personId);
    const personId = await this.retrying(() => visit.whoIsHere());
    if (personId === null) return;
    await this.openFor(personId);
    if (this.isStopped || !this.profile) return;
    visit.reads.start();
    this.hasSocket = true;
    this.socket.start();
    if (!(await this.prepare())) return;
    visit.ready();
    await this.profile.outbox.begin();
  }

  /** What all else builds upon: who I am, and from where on changes will be asked for. */
  private async prepare(): Promise<boolean> {
    const { store, api } = this.visit;
    const me = this.retrying(() => this.loadMe());
    if (store.getState().rev === null) {
      const answer = await this.retrying(() => api.sync(null));
      if (answer === null) return false;
      apply(store, (state) => advance(state, answer.rev));
    }
    return store.getState().me !== null || (await me) !== null;
  }

  /** Open the cache of a person, show what is in it, and take what is written here. */
  private async openFor(personId: number): Promise<void> {
    if (this.profile || this.isStopped) return;
    const { store, api, upload, parts } = this.visit;
    const { early, server } = parts;
    const opened = early?.take(server, personId) ?? openAndRead(server, personId);
    this.opening = opened.cache;
    const [cache, kept] = await Promise.all([opened.cache, opened.start]);
    if (this.isStopped) {
      cache.close();
      return;
    }
    this.showKept(kept);
    const onSignOut = () => this.visit.signedOut(true);
    this.profile = new Profile({ server, personId, cache, store, api, upload, onSignOut });
    await this.profile.outbox.show();
  }

  stop(): void {
    this.halt();
    this.profile?.close();
  }

  /** Somebody else is here. */
  leave(): void {
    this.halt();
    this.profile?.leave();
  }

  /** Stop, and forget everything. */
  async wipe(isToldToOthers: boolean): Promise<void> {
    this.halt();
    if (this.profile) await this.profile.wipe(isToldToOthers);
    else await (await this.opening)?.wipe(); // what is only just being opened is wiped, too
  }

  private halt(): void {
    this.isStopped = true;
    this.visit.parts.early?.discard();
    this.visit.reads.stop();
    this.pause.end();
    this.typing.stop();
    this.socket.stop();
    this.catchUp.interrupt();
  }

  private showKept(kept: CachedStart): void {
    const { store } = this.visit;
    const isFresh = Object.keys(store.getState().conversations).length === 0;
    if (!isFresh) return;
    const known = stateOfKept(kept);
    store.setState((state) => ({
      ...known,
      me: state.me ?? known.me,
      drafts: { ...known.drafts, ...state.drafts },
    }));
  }

  private async loadMe(): Promise<Me> {
    const me = await this.visit.api.getMe();
    if (!this.isStopped) this.visit.store.setState({ me });
    return me;
  }

  private async opened(): Promise<void> {
    this.setConnection("catching_up", null);
    if (!(await this.catchUp.run())) return;
    this.setConnection("online", null);
    this.profile?.outbox.retryNow();
    this.visit.reads.retryNow();
  }

  private down(retryAt: number | null): void {
    this.catchUp.interrupt();
    this.setConnection("offline", retryAt);
  }

  private hear(frame: Frame): void {
    if (this.catchUp.holds(frame)) return;
    void this.take(frame)?.then((message) => this.visit.parts.notifications().message(message));
  }

  /** Gives the message that it brings, as soon as its conversation is known, where that is news. */
  private take(frame: Frame): Promise<Message> | null {
    const { store, lists, parts } = this.visit;
    const before = store.getState();
    apply(store, (state) => {
      const next = reduceFrame(state, frame, Date.now());
      return typeof frame.rev === "number" ? advance(next, frame.rev) : next;
    });
    if (frame.type === "conversation.updated") {
      void parts.queries.invalidateQueries({ queryKey: participantsKey(frame.conversation_id) });
    }
    parts.onFrame(frame);
    const stale = conversationToRefresh(before, store.getState(), frame);
    const refreshed = stale === null ? Promise.resolve() : lists.refresh(stale);
    if (frame.type !== "message.new" || !isNews(before, frame.message)) return null;
    return this.catchUp.isOfThisVisit(frame) ? refreshed.then(() => frame.message) : null;
  }

  private setConnection(
    state: "connecting" | "catching_up" | "online" | "offline",
    retryAt: number | null,
  ): void {
    if (!this.isStopped) this.visit.store.setState({ connection: { state, retryAt } });
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
          if (!this.isStopped) this.visit.signedOut(false);
          return null;
        }
        if (!this.isStopped) await this.wait(backoff.next(error.retryAfterS));
      }
    }
    return null;
  }

  private async wait(ms: number): Promise<void> {
    const { state } = this.visit.store.getState().connection;
    if (state === "connecting" && !this.hasSocket) this.setConnection("offline", Date.now() + ms);
    window.addEventListener("online", this.wake);
    await this.pause.wait(ms);
    window.removeEventListener("online", this.wake);
    if (!this.hasSocket) this.setConnection("connecting", null);
  }

  wake = (): void => {
    this.pause.end();
    this.socket.wake();
  };
}
