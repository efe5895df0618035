import type { ClientFrame } from "../model/frames";
import { apply, type ChatStore } from "../store/store";
import { expireTyping, nextExpiry } from "../store/typing";

/** While somebody types the others are told anew so often; the server forgets after five seconds. */
export const TELL_EVERY_MS = 3_000;
/** No key for so long: stopped. */
export const STOP_AFTER_MS = 3_000;

interface Mine {
  toldAt: number;
  timer: ReturnType<typeof setTimeout>;
}

/** My typing, told sparingly; that of others, ended when its end was not told. */
export class TypingService {
  private readonly mine = new Map<number, Mine>();
  private expiry: ReturnType<typeof setTimeout> | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ChatStore,
    private readonly send: (frame: ClientFrame) => boolean,
  ) {
    this.unsubscribe = store.subscribe((state, before) => {
      if (state.typing !== before.typing) this.schedule();
    });
  }

  notify = (conversationId: number, isTyping: boolean): void => {
    if (!isTyping) {
      this.stopped(conversationId);
      return;
    }
    const now = Date.now();
    const before = this.mine.get(conversationId);
    clearTimeout(before?.timer);
    const isDue = !before || now - before.toldAt >= TELL_EVERY_MS;
    if (isDue) this.send({ type: "typing.start", conversation_id: conversationId });
    const timer = setTimeout(() => this.stopped(conversationId), STOP_AFTER_MS);
    this.mine.set(conversationId, { toldAt: isDue ? now : before.toldAt, timer });
  };

  stop(): void {
    this.unsubscribe();
    clearTimeout(this.expiry);
    for (const id of [...this.mine.keys()]) this.stopped(id);
  }

  private stopped(conversationId: number): void {
    const before = this.mine.get(conversationId);
    if (!before) return;
    clearTimeout(before.timer);
    this.mine.delete(conversationId);
    this.send({ type: "typing.stop", conversation_id: conversationId });
  }

  private schedule(): void {
    clearTimeout(this.expiry);
    const next = nextExpiry(this.store.getState());
    if (next === null) return;
    this.expiry = setTimeout(
      () => {
        apply(this.store, (state) => expireTyping(state, Date.now()));
        this.schedule();
      },
      Math.max(0, next - Date.now()) + 1,
    );
  }
}
