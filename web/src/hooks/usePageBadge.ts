import { useEffect } from "react";
import { showPageBadge } from "../services/pageBadge";
import { useUnreadCount } from "./useUnreadCount";

/** Shows the unread count in the window's title and icon. For the stand-alone page: a school's page has its own. */
export function usePageBadge(title: string): void {
  const count = useUnreadCount();
  useEffect(() => showPageBadge(count, title), [count, title]);
  useEffect(() => () => showPageBadge(0, title), [title]);
}
