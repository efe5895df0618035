/**
 * What the browser keeps of this page. It may be forbidden (all cookies blocked, the chat in a frame of another site)
 * or full: then it is kept for as long as the page is open, which is better than no chat.
 */
export class DeviceStorage {
  private readonly unkept = new Map<string, string>();

  constructor(private readonly find: () => Storage) {}

  get(key: string): string | null {
    return this.unkept.get(key) ?? this.ask((storage) => storage.getItem(key)) ?? null;
  }

  set(key: string, value: string): void {
    this.unkept.set(key, value);
    this.ask((storage) => {
      storage.setItem(key, value);
      this.unkept.delete(key);
    });
  }

  remove(key: string): void {
    this.unkept.delete(key);
    this.ask((storage) => storage.removeItem(key));
  }

  private ask<Answer>(question: (storage: Storage) => Answer): Answer | undefined {
    try {
      return question(this.find());
    } catch (error) {
      if (error instanceof DOMException) return undefined; // SecurityError, QuotaExceededError
      throw error;
    }
  }
}

/** Of this browser. */
export const deviceStorage = new DeviceStorage(() => window.localStorage);

/** Of this tab, until it is closed. */
export const tabStorage = new DeviceStorage(() => window.sessionStorage);
