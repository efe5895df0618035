import type { ChangeFrame, Frame } from "../model/frames";
import type { Message } from "../model/types";
import { resetConversations } from "../store/conversations";
import { selectUnreadTotal } from "../store/selectors";
import { listKey } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { advance, doubtfulOf, newsOf, reduceSync } from "../store/sync";
import { forgetTimelines } from "../store/timelines";
import { ApiError } from "./apiError";
import { Backoff, Pause } from "./backoff";
import type { ChatService } from "./chatService";
import type { ListService } from "./listService";
import type { TimelineService } from "./timelineService";

interface Parts {
  store: ChatStore;
  api: ChatService;
  lists: Pick<ListService, "loadUnread" | "refresh" | "refreshFirstPage">;
  timelines: Pick<TimelineService, "reloadOpen">;
  /** A frame that came meanwhile. Gives its message, as soon as its conversation is known, where that is news. */
  onFrame(frame: ChangeFrame): Promise<Message> | null;
  /** What came during an absence, all of it in one piece. */
  onNews(messages: Message[]): void;
  onSignedOut(): void;
  random?: () => number;
}

/** Longer away than the server's own grace: others may have come and gone unheard. */
const LONG_ABSENCE_MS = 30_000;
const SPREAD_MS = 4_000;

/** After each opening of the socket: one `sync` for all that was missed. Frames that come before its answer wait. */
export class CatchUp {
  private round = 0;
  private held: ChangeFrame[] = [];
  private downSince: number | null = null;
  private isCaughtUp = false;
  /** The position at which this visit began: what is not newer was there before, and is news to nobody. */
  private begin: number | null = null;
  private readonly pause = new Pause();

  constructor(private readonly parts: Parts) {}

  /** True: this frame waits for the answer of `sync`, which may be older than it is and would come too late after it. */
  holds(frame: Frame): boolean {
    if (this.isCaughtUp || typeof frame.rev !== "number") return false;
    this.held.push(frame as ChangeFrame);
    return true;
  }

  /** False: it tells of something that was there when this visit began. Servers repeat what may have been lost. */
  isOfThisVisit(frame: ChangeFrame): boolean {
    return this.begin !== null && frame.rev > this.begin;
  }

  /** The socket is down, or this client is stopped. */
  interrupt(): void {
    this.round += 1;
    this.isCaughtUp = false;
    this.held = []; // the next `sync` brings what they told
    this.downSince ??= Date.now();
    this.pause.end();
  }

  /** Resolves when all is caught up (true), or when the socket went down before. */
  async run(): Promise<boolean> {
    this.round += 1;
    const { round } = this;
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 30_000, ...this.withRandom() });
    while (this.round === round) {
      try {
        const news = await this.once();
        if (this.round !== round) {
          this.parts.onNews(news);
          return false;
        }
        this.finish(news);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401) {
          this.parts.onSignedOut();
          return false;
        }
        await this.pause.wait(backoff.next(error.retryAfterS));
      }
    }
    return false;
  }

  /** Gives what is news in the answer: the first one of a visit has none, for the list shows it all. */
  private async once(): Promise<Message[]> {
    const { store, api, lists } = this.parts;
    const since = store.getState().rev;
    const answer = await api.sync(since);
    const isFirst = this.begin === null;
    if (isFirst || answer.reset) this.begin = answer.rev;
    if (since === null) {
      apply(store, (state) => advance(state, answer.rev));
      return [];
    }
    if (answer.reset) {
      await this.reset(answer.rev);
      return [];
    }
    const news = isFirst ? [] : newsOf(store.getState(), answer);
    const doubtful = doubtfulOf(store.getState(), answer);
    apply(store, (state) => reduceSync(state, answer));
    await Promise.all(doubtful.map((id) => lists.refresh(id)));
    return news;
  }

  private async reset(rev: number): Promise<void> {
    const { store, api, timelines } = this.parts;
    const page = await api.getConversations({ filter: "all", page: 1, page_size: 50 });
    apply(store, (state) => {
      return advance(resetConversations(forgetTimelines(state), page, listKey("all", "")), rev);
    });
    await timelines.reloadOpen();
  }

  private finish(news: Message[]): void {
    const { store, lists, onFrame, onNews } = this.parts;
    this.isCaughtUp = true;
    const later = this.held.splice(0).flatMap((frame) => onFrame(frame) ?? []);
    void Promise.all(later).then((messages) => onNews([...news, ...messages]));
    const away = this.downSince === null ? 0 : Date.now() - this.downSince;
    this.downSince = null;
    const state = store.getState();
    if (state.me && state.me.unread_total > selectUnreadTotal(state)) this.quietly(lists.loadUnread());
    if (away > LONG_ABSENCE_MS) {
      const { round } = this;
      setTimeout(
        () => {
          if (this.round === round) this.quietly(lists.refreshFirstPage());
        },
        (this.parts.random ?? Math.random)() * SPREAD_MS,
      );
    }
  }

  /** These only make the picture better; the next round does it again. */
  private quietly(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }

  private withRandom(): { random?: () => number } {
    return this.parts.random ? { random: this.parts.random } : {};
  }
}
