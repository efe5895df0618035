import type { QueryClient } from "@tanstack/react-query";
import type { Cache } from "../cache/cache";
import type { TimelineActions } from "../context/client";
import type { Message, Page } from "../model/types";
import { findIndex } from "../store/messages";
import { isUnread } from "../store/reads";
import { EMPTY_TIMELINE, type Timeline } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import {
  addNewer,
  addOlder,
  changeTimeline,
  openConversation,
  replaceWindow,
  setTimeline,
  showCached,
} from "../store/timelines";
import { ApiError, isGone } from "./apiError";
import type { ChatService } from "./chatService";
import type { ListService } from "./listService";
import { allParticipants, participantsKey } from "./participants";
import type { ReadService } from "./readService";

const PAGE = 50;
const LARGEST_PAGE = 200;
const HIGHLIGHT_MS = 2_500;
/** After a page that did not come, so long no other is asked for: scrolling asks all the time. */
const PATIENCE_MS = 2_000;
/** A window in memory is kept up to date by frames; after so long the addresses of its files are asked for anew. */
const FRESH_MS = 30 * 60_000;

interface Parts {
  store: ChatStore;
  api: ChatService;
  queries: QueryClient;
  reads: ReadService;
  lists: Pick<ListService, "ensure">;
  cache: () => Cache | null;
  ready: () => Promise<void>;
}

/** The windows of messages: opened at the right place, filled in both directions, moved to any message. */
export class TimelineService implements TimelineActions {
  /** Of each conversation the running load of its window; a newer one makes the older one's answer worthless. */
  private readonly loads = new Map<number, symbol>();
  private readonly quietUntil = new Map<string, number>();
  private readonly loadedAt = new Map<number, number>();
  /** On screen while the window was not confirmed yet. */
  private seenStale: { conversationId: number; messageId: number } | null = null;
  private highlight: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: Parts) {}

  open = (conversationId: number | null, atMessageId?: number): void => {
    const { store, reads } = this.parts;
    if (store.getState().activeId !== conversationId) {
      reads.forgetUnseen();
      this.seenStale = null;
      apply(store, (state) => openConversation(state, conversationId));
      if (conversationId === null) return;
      if (atMessageId === undefined && this.isUpToDate(conversationId))
        this.freezeDivider(conversationId, true);
      else void this.load(conversationId, atMessageId);
    } else if (conversationId !== null && atMessageId !== undefined) {
      void this.jumpTo(conversationId, atMessageId).catch(ignoreKnown);
    }
  };

  ensure = (conversationId: number): void => {
    if (!this.timeline(conversationId) && !this.loads.has(conversationId)) void this.load(conversationId);
  };

  retry = (conversationId: number): void => void this.load(conversationId);

  loadOlder = (conversationId: number): void => {
    const timeline = this.timeline(conversationId);
    const first = timeline?.messages[0];
    if (!timeline || !first || !timeline.hasOlder || timeline.isLoadingOlder || timeline.isStale) return;
    const ask = () => this.parts.api.getMessages(conversationId, { before: first.id, limit: PAGE });
    void this.extend(conversationId, "isLoadingOlder", ask, addOlder);
  };

  loadNewer = (conversationId: number): void => {
    const timeline = this.timeline(conversationId);
    const last = timeline?.messages.at(-1);
    if (!timeline || !last || !timeline.hasNewer || timeline.isLoadingNewer) return;
    const ask = () => this.parts.api.getMessages(conversationId, { after: last.id, limit: PAGE });
    void this.extend(conversationId, "isLoadingNewer", ask, addNewer);
  };

  jumpToLatest = (conversationId: number): void => {
    if (this.timeline(conversationId)?.hasNewer) void this.load(conversationId, "end");
  };

  jumpTo = async (conversationId: number, messageId: number): Promise<void> => {
    const messages = this.timeline(conversationId)?.messages ?? [];
    if (findIndex(messages, messageId) < 0) {
      const page = await this.parts.api.getMessages(conversationId, { around: messageId, limit: PAGE });
      this.loads.delete(conversationId);
      this.show(conversationId, page, false);
    }
    this.setHighlight(conversationId, messageId);
  };

  seen = (conversationId: number, messageId: number): void => {
    const timeline = this.timeline(conversationId);
    if (this.parts.store.getState().activeId !== conversationId || !timeline) return;
    if (timeline.isStale) this.seenStale = { conversationId, messageId };
    else this.parts.reads.seen(conversationId, messageId);
  };

  /** After too long an absence: the open window is loaded anew. */
  reloadOpen(): Promise<void> {
    const { activeId } = this.parts.store.getState();
    return activeId === null ? Promise.resolve() : this.load(activeId, "end");
  }

  /** Opened before, and nothing was missed since: there is nothing to ask for. */
  private isUpToDate(conversationId: number): boolean {
    const { timelines, conversations, connection } = this.parts.store.getState();
    const timeline = timelines[conversationId];
    if (!(conversationId in conversations)) return false;
    if (timeline?.status !== "ready" || timeline.isStale || timeline.hasNewer) return false;
    const age = Date.now() - (this.loadedAt.get(conversationId) ?? 0);
    return connection.state === "online" && timeline.messages.length > 0 && age < FRESH_MS;
  }

  private async load(conversationId: number, at?: number | "end"): Promise<void> {
    const mark = Symbol();
    this.loads.set(conversationId, mark);
    const isCurrent = () => this.loads.get(conversationId) === mark;
    this.update(conversationId, (timeline) =>
      timeline.status === "error" ? { ...timeline, status: "loading", error: null } : timeline,
    );
    try {
      const cached = at === undefined ? await this.parts.cache()?.loadTimeline(conversationId) : undefined;
      if (!isCurrent()) return;
      if (cached) apply(this.parts.store, (state) => showCached(state, conversationId, cached));
      this.freezeDivider(conversationId, at === undefined);
      await this.parts.ready();
      // An address may lead anywhere; and how long the page must be is the conversation's to say.
      await this.parts.lists.ensure(conversationId);
      const page = await this.firstPage(conversationId, at);
      if (!isCurrent()) return;
      // What the cache took for unread may have been read elsewhere.
      this.show(conversationId, page, at === undefined);
      if (typeof at === "number") this.setHighlight(conversationId, at);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isKnown = conversationId in this.parts.store.getState().conversations;
      if (isCurrent()) this.update(conversationId, (timeline) => failed(timeline, error, isKnown));
    } finally {
      if (isCurrent()) this.loads.delete(conversationId);
    }
  }

  /** Large enough to begin at the first unread message, or around it where that is far back. */
  private async firstPage(conversationId: number, at?: number | "end"): Promise<Page<Message>> {
    const { api, store, queries } = this.parts;
    if (typeof at === "number") return api.getMessages(conversationId, { around: at, limit: PAGE });
    const unread = at === "end" ? 0 : (store.getState().conversations[conversationId]?.unread_count ?? 0);
    if (unread + 10 <= LARGEST_PAGE) {
      return api.getMessages(conversationId, { limit: Math.min(LARGEST_PAGE, Math.max(PAGE, unread + 10)) });
    }
    const people = await queries.fetchQuery({
      queryKey: participantsKey(conversationId),
      queryFn: () => allParticipants(api, conversationId),
    });
    const read = people.find((one) => one.id === store.getState().me?.id)?.last_read_message_id;
    return api.getMessages(conversationId, read ? { around: read, limit: PAGE } : { limit: LARGEST_PAGE });
  }

  private show(conversationId: number, page: Page<Message>, isOpening: boolean): void {
    apply(this.parts.store, (state) => replaceWindow(state, conversationId, page));
    this.loadedAt.set(conversationId, Date.now());
    this.freezeDivider(conversationId, isOpening);
    this.repeatSeen(conversationId);
  }

  /** Rows that stay in sight are told of once: what was told too early is told again. */
  private repeatSeen(conversationId: number): void {
    const { seenStale } = this;
    if (seenStale?.conversationId !== conversationId) return;
    this.seenStale = null;
    const messages = this.timeline(conversationId)?.messages ?? [];
    if (findIndex(messages, seenStale.messageId) >= 0) this.seen(conversationId, seenStale.messageId);
  }

  /** The divider stands before the first message that was unread when the conversation was opened, and stays there. */
  private freezeDivider(conversationId: number, isOpening: boolean): void {
    const me = this.parts.store.getState().me?.id;
    this.update(conversationId, (timeline) => {
      if (timeline.messages.length === 0 || (timeline.firstUnreadId !== null && !isOpening)) return timeline;
      const firstUnreadId = timeline.messages.find((message) => isUnread(message, me))?.id ?? null;
      return firstUnreadId === timeline.firstUnreadId ? timeline : { ...timeline, firstUnreadId };
    });
  }

  private async extend(
    conversationId: number,
    flag: "isLoadingOlder" | "isLoadingNewer",
    ask: () => Promise<Page<Message>>,
    add: typeof addOlder,
  ): Promise<void> {
    const { store } = this.parts;
    const quietKey = `${flag} ${conversationId}`;
    if ((this.quietUntil.get(quietKey) ?? 0) > Date.now()) return;
    this.update(conversationId, (timeline) => ({ ...timeline, [flag]: true }));
    const before = this.timeline(conversationId)?.messages;
    try {
      const page = await ask();
      // Another window was shown meanwhile: this page is not next to it.
      const now = this.timeline(conversationId)?.messages;
      if (now && before && isExtensionOf(now, before))
        apply(store, (state) => add(state, conversationId, page));
      else this.update(conversationId, (timeline) => ({ ...timeline, [flag]: false }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.quietUntil.set(quietKey, Date.now() + PATIENCE_MS);
      this.update(conversationId, (timeline) => ({ ...timeline, [flag]: false }));
    }
  }

  private setHighlight(conversationId: number, messageId: number): void {
    clearTimeout(this.highlight);
    this.update(conversationId, (timeline) => ({ ...timeline, highlightedId: messageId }));
    this.highlight = setTimeout(() => {
      this.update(conversationId, (timeline) => ({ ...timeline, highlightedId: null }));
    }, HIGHLIGHT_MS);
  }

  private timeline(conversationId: number): Timeline | undefined {
    return this.parts.store.getState().timelines[conversationId];
  }

  private update(conversationId: number, change: (timeline: Timeline) => Timeline): void {
    apply(this.parts.store, (state) =>
      state.timelines[conversationId]
        ? changeTimeline(state, conversationId, change)
        : setTimeline(state, conversationId, change(EMPTY_TIMELINE)),
    );
  }
}

/** What can be seen stays on screen when a refresh fails; only an empty window shows the fault. */
function failed(timeline: Timeline, error: ApiError, isKnown: boolean): Timeline {
  const isSeen = isKnown && timeline.messages.length > 0; // without its conversation nothing of it is drawn
  if (isSeen && !isGone(error)) return { ...timeline, status: "ready" };
  return { ...timeline, status: "error", error };
}

function isExtensionOf(now: readonly Message[], before: readonly Message[]): boolean {
  const [first, last] = [before[0], before.at(-1)];
  if (!first || !last) return false;
  return findIndex(now, first.id) >= 0 && findIndex(now, last.id) >= 0;
}

function ignoreKnown(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
