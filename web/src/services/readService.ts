import { changeConversation } from "../store/conversations";
import { readByMe } from "../store/reads";
import { apply, type ChatStore } from "../store/store";
import { ApiError } from "./apiError";
import { Backoff, Pause } from "./backoff";
import type { ChatService } from "./chatService";

const BATCH_MS = 300;

/** Whether what is on this window's screen is being looked at. */
export function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Tells the server how far I have read: only what was seen, one call for many messages, never backwards. */
export class ReadService {
  /** On screen, but nobody was looking. */
  private readonly unseen = new Map<number, number>();
  private readonly untold = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly pause = new Pause();
  private isTelling = false;

  constructor(
    private readonly store: ChatStore,
    private readonly api: ChatService,
    private readonly isLooking: () => boolean = isLookedAt,
  ) {}

  start(): void {
    window.addEventListener("focus", this.look);
    document.addEventListener("visibilitychange", this.look);
  }

  /** What is not told yet is told all the same. */
  stop(): void {
    window.removeEventListener("focus", this.look);
    document.removeEventListener("visibilitychange", this.look);
    this.unseen.clear();
  }

  seen(conversationId: number, messageId: number): void {
    if (messageId <= 0 || messageId <= this.known(conversationId)) return;
    if (!this.isLooking()) {
      this.unseen.set(conversationId, Math.max(messageId, this.unseen.get(conversationId) ?? 0));
      return;
    }
    const isNews = this.hasUnread(conversationId, messageId);
    apply(this.store, (state) => readByMe(state, conversationId, messageId));
    if (!isNews) return;
    this.untold.set(conversationId, messageId);
    this.timer ??= setTimeout(() => void this.tell(), BATCH_MS);
  }

  /** Another conversation is open: what was on screen before cannot be seen any more. */
  forgetUnseen(): void {
    this.unseen.clear();
  }

  /** The network is back. */
  retryNow(): void {
    this.pause.end();
  }

  private look = (): void => {
    if (!this.isLooking()) return;
    const seen = [...this.unseen];
    this.unseen.clear();
    for (const [conversationId, messageId] of seen) this.seen(conversationId, messageId);
  };

  private known(conversationId: number): number {
    return this.store.getState().myReads[conversationId] ?? 0;
  }

  /** Whether there is anything to tell: a message of somebody else that I had not read. */
  private hasUnread(conversationId: number, messageId: number): boolean {
    const { conversations, timelines, me } = this.store.getState();
    if ((conversations[conversationId]?.unread_count ?? 0) > 0) return true;
    const messages = timelines[conversationId]?.messages ?? [];
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const message = messages[index]!;
      if (message.id <= messageId && message.sender?.id !== me?.id) return !message.is_read;
    }
    return false;
  }

  private async tell(): Promise<void> {
    this.timer = undefined;
    if (this.isTelling) return;
    this.isTelling = true;
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 30_000 });
    try {
      while (this.untold.size > 0) {
        const [conversationId, messageId] = [...this.untold][0]!;
        const error = await this.tellOne(conversationId, messageId);
        if (error === null) backoff.reset();
        else await this.pause.wait(backoff.next(error.retryAfterS));
      }
    } finally {
      this.isTelling = false;
    }
  }

  /** Gives what went wrong where a repeat may succeed. */
  private async tellOne(conversationId: number, messageId: number): Promise<ApiError | null> {
    try {
      const { unread_count } = await this.api.markRead(messageId);
      if (this.known(conversationId) === messageId) {
        apply(this.store, (state) =>
          changeConversation(state, conversationId, (one) => withCount(one, unread_count)),
        );
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isTemporary) return error;
    }
    if (this.untold.get(conversationId) === messageId) this.untold.delete(conversationId);
    return null;
  }
}

function withCount<One extends { unread_count: number; mention_count: number }>(
  one: One,
  unread: number,
): One {
  if (one.unread_count === unread) return one;
  return { ...one, unread_count: unread, mention_count: unread === 0 ? 0 : one.mention_count };
}
