import { useEffect, useRef, useSyncExternalStore } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Notice } from "../context/client";

export interface NotificationsView {
  /** Ask the browser; only in answer to a click. */
  requestDesktop(): Promise<NotificationPermission>;
  desktopPermission: NotificationPermission | "unsupported";
}

/** `onNotice`: called for each message that deserves a toast in this tab, and once for a whole absence. */
export function useNotices(onNotice: ((notice: Notice) => void) | undefined): void {
  const { notifications } = useChatClient();
  const listener = useRef(onNotice);
  useEffect(() => {
    listener.current = onNotice;
  }, [onNotice]);
  useEffect(() => notifications.subscribe((notice) => listener.current?.(notice)), [notifications]);
}

/** As `useNotices`, and the browser's permission: to read it makes the page wait for another process. */
export function useNotifications(onNotice?: (notice: Notice) => void): NotificationsView {
  const { notifications } = useChatClient();
  useNotices(onNotice);
  const desktopPermission = useSyncExternalStore(
    notifications.subscribePermission,
    notifications.desktopPermission,
  );
  return { requestDesktop: notifications.requestDesktop, desktopPermission };
}
