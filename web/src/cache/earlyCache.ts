import { serverBase } from "../services/addresses";
import type { CachedStart } from "./cache";
import { type OpenedCache, openAndRead } from "./openCache";

/**
 * What is kept of the person who was here last, opened and read while the program itself is still on its way. Make it
 * as early as you can and give it to the chat, which takes it over: once, and only for this person of this bridge.
 */
export class EarlyCache {
  /** When all is read. Fails only with what is no fault of the browser's storage; the chat then fails with it, too. */
  readonly isRead: Promise<void>;
  private readonly server: string;
  private opened: OpenedCache | null;
  private kept: CachedStart | null = null;

  constructor(
    apiBase: string,
    private readonly personId: number,
  ) {
    this.server = serverBase(apiBase);
    this.opened = openAndRead(this.server, personId);
    this.isRead = this.opened.start.then((kept) => {
      if (this.opened) this.kept = kept;
    });
  }

  /** What was read, to be shown at once; null: not there yet, taken, or somebody else's. */
  startFor(server: string, personId: number): CachedStart | null {
    return this.isFor(server, personId) ? this.kept : null;
  }

  /** Whoever takes it closes it. Null: it was taken before, or is somebody else's; then it is closed here. */
  take(server: string, personId: number): OpenedCache | null {
    if (!this.isFor(server, personId)) {
      this.discard();
      return null;
    }
    const { opened } = this;
    this.forget();
    return opened;
  }

  /** Nobody wants it. What was taken is not touched. */
  discard(): void {
    void this.opened?.cache.then((cache) => cache.close());
    this.forget();
  }

  private isFor(server: string, personId: number): boolean {
    return server === this.server && personId === this.personId;
  }

  private forget(): void {
    this.opened = null;
    this.kept = null;
  }
}
