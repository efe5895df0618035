export type Permission = NotificationPermission | "unsupported";

/**
 * Whether this browser may show desktop notifications. Each look at the browser's own answer stops the page until its
 * main process has replied, and views look several times a drawing: so it is kept, until it changes.
 */
export class DesktopPermission {
  private known: Permission | null = null;
  private status: PermissionStatus | null = null;
  private readonly listeners = new Set<() => void>();

  get = (): Permission => {
    this.known ??= readPermission();
    return this.known;
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) void this.watch();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.unwatch();
    };
  };

  /** Ask the browser's user. */
  async request(): Promise<NotificationPermission> {
    if (readPermission() === "unsupported") return "denied";
    const answer = await Notification.requestPermission();
    this.refresh();
    return answer;
  }

  private readonly refresh = (): void => {
    this.known = readPermission();
    for (const listener of this.listeners) listener();
  };

  /** It may also be changed in the browser's own settings. */
  private async watch(): Promise<void> {
    const status = await permissionStatus();
    if (this.listeners.size === 0 || this.status !== null) return;
    this.status = status;
    status?.addEventListener("change", this.refresh);
  }

  private unwatch(): void {
    this.status?.removeEventListener("change", this.refresh);
    this.status = null;
    this.known = null;
  }
}

export function readPermission(): Permission {
  // Where a page is not served by https, or in an app's web view, there is none.
  return (globalThis.Notification as typeof Notification | undefined)?.permission ?? "unsupported";
}

async function permissionStatus(): Promise<PermissionStatus | null> {
  const permissions = navigator.permissions as Permissions | undefined;
  if (!permissions) return null;
  try {
    return await permissions.query({ name: "notifications" });
  } catch (error) {
    if (error instanceof TypeError) return null; // this browser does not tell
    throw error;
  }
}
