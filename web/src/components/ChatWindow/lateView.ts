import type { ComponentType } from "react";
import type { ChatWindowProps } from "./ChatWindow";

export interface Late<View> {
  /** Null: not there yet. */
  view: View | null;
  hasFailed: boolean;
}

/** A view whose code comes when it is first wanted. Once it is there, all are told. */
export class LateView<View> {
  private current: Late<View> = { view: null, hasFailed: false };
  private loading: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly fetch: () => Promise<View>) {}

  get = (): Late<View> => this.current;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Fetch it, unless it is there or on its way. After a failure the next call tries again. */
  load(): Promise<void> {
    this.loading ??= this.fetch().then(
      (view) => this.set({ view, hasFailed: false }),
      () => {
        this.loading = null; // no network now
        this.set({ view: null, hasFailed: true });
      },
    );
    return this.loading;
  }

  private set(next: Late<View>): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}

/** The conversation with all that belongs to it: the list is on screen before it, and does not wait for it. */
export const chatWindow = new LateView<ComponentType<ChatWindowProps>>(async () => {
  const { ChatWindow } = await import("./ChatWindow");
  return ChatWindow;
});
