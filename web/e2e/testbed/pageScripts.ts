/** Scripts that run in a page before its own. They stand alone: nothing of this module is there with them. */

/** Messages that say “(-5 мин)” were sent so many minutes earlier: nobody can wait for yesterday. */
export function earlierMessages(): void {
  const shift = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const record = value as Record<string, unknown>;
    const minutes = typeof record.text === "string" && /\(-(\d+) мин\)/.exec(record.text)?.[1];
    for (const key of ["timestamp", "created_at"]) {
      const time = record[key];
      if (minutes && typeof time === "string") {
        record[key] = new Date(Date.parse(time) - Number(minutes) * 60_000).toISOString();
      }
    }
    for (const one of Object.values(record)) shift(one);
  };
  const original = window.fetch;
  window.fetch = async (...request) => {
    const response = await original(...request);
    if (!response.headers.get("Content-Type")?.includes("json")) return response;
    const body = await response.json();
    shift(body);
    const { status, headers } = response;
    return new Response(JSON.stringify(body), { status, headers });
  };
}

export interface Shown {
  title: string;
  body: string;
}

interface Observed {
  shown: (Shown & { onclick: ((event: Event) => void) | null; listeners: ((event: Event) => void)[] })[];
  asked: number;
  dings: number;
}

declare global {
  interface Window {
    observed: Observed;
    /** See `observeMotion`. */
    moved: Set<string>;
  }
}

/** Desktop notifications and sounds, written down instead of shown and played. */
export function observeNotifications(): void {
  const observed: Observed = { shown: [], asked: 0, dings: 0 };
  let permission: NotificationPermission = "default";
  class FakeNotification extends EventTarget {
    static get permission(): NotificationPermission {
      return permission;
    }
    static requestPermission(): Promise<NotificationPermission> {
      observed.asked += 1;
      permission = "granted";
      return Promise.resolve(permission);
    }
    onclick: ((event: Event) => void) | null = null;
    onclose: unknown = null;
    listeners: ((event: Event) => void)[] = [];
    body: string;
    constructor(
      readonly title: string,
      options: NotificationOptions = {},
    ) {
      super();
      this.body = options.body ?? "";
      observed.shown.push(this);
    }
    override addEventListener(type: string, listener: EventListener): void {
      if (type === "click") this.listeners.push(listener);
    }
    close(): void {}
  }
  Object.defineProperty(window, "Notification", { value: FakeNotification, configurable: true });
  HTMLMediaElement.prototype.play = function play(): Promise<void> {
    if (this instanceof HTMLAudioElement) observed.dings += 1;
    return Promise.resolve();
  };
  window.observed = observed;
}

/** Of every frame: what moves in it for longer than a thousandth of a second. */
export function observeMotion(): void {
  const moved = new Set<string>();
  window.moved = moved;
  const look = () => {
    for (const { effect } of document.getAnimations()) {
      const target = effect instanceof KeyframeEffect ? effect.target : null;
      if (Number(effect?.getComputedTiming().activeDuration) > 1) moved.add(String(target?.className));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
