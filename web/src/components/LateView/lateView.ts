import { Backoff } from "../../services/backoff";

export interface Late<Part> {
  /** Null: not there yet. */
  part: Part | null;
  /** Somebody has waited for it in vain. That stays so while it is tried again. */
  hasFailed: boolean;
  isLoading: boolean;
  /** It has failed again although there is a network: some browsers never ask twice for a script, only a new page does. */
  needsReload: boolean;
}

/**
 * A part of the chat whose code comes when it is first wanted. Once it is there, all who watch are told. What they wait
 * for in vain is tried again when the network is back, and then now and again: the first request after it may still fail.
 */
export class LateView<Part> {
  private current: Late<Part> = { part: null, hasFailed: false, isLoading: false, needsReload: false };
  private loading: Promise<void> | null = null;
  /** By somebody, not by the clock. */
  private isAskedFor = false;
  private failures = 0;
  private readonly backoff = new Backoff({ firstMs: 2000, longestMs: 30_000 });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly fetch: () => Promise<Part>) {}

  get = (): Late<Part> => this.current;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Fetch it, unless it is there or on its way. After a failure the next call tries again. */
  load = (): Promise<void> => {
    this.isAskedFor = true;
    if (this.current.part === null) this.set({ isLoading: true });
    this.loading ??= this.attempt();
    return this.loading;
  };

  private async attempt(): Promise<void> {
    this.stopWaiting();
    try {
      const part = await this.fetch();
      this.set({ part, hasFailed: false, isLoading: false, needsReload: false });
    } catch (error) {
      reportError(error); // whoever waits is told in words, the console what exactly it was
      this.loading = null;
      this.fail();
    }
  }

  private fail(): void {
    const isAwaited = this.listeners.size > 0;
    if (isAwaited) {
      if (this.isAskedFor) this.failures += 1;
      this.waitForBetter();
    }
    this.isAskedFor = false;
    this.set({
      hasFailed: isAwaited,
      isLoading: false,
      needsReload: this.failures > 1 && navigator.onLine,
    });
  }

  private waitForBetter(): void {
    window.addEventListener("online", this.retry);
    this.timer = setTimeout(this.retry, this.backoff.next());
  }

  private stopWaiting(): void {
    window.removeEventListener("online", this.retry);
    clearTimeout(this.timer);
  }

  private retry = (): void => {
    if (this.listeners.size === 0) this.stopWaiting();
    else if (navigator.onLine) this.loading ??= this.attempt(); // else the event will come
  };

  private set(next: Partial<Late<Part>>): void {
    this.current = { ...this.current, ...next };
    for (const listener of this.listeners) listener();
  }
}
