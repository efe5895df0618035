import { selectUnreadTotal } from "../store/selectors";
import { listKey } from "../store/state";
import { useChatState } from "./useChatState";
import { useLoadedList } from "./useLoadedList";

const UNREAD = listKey("unread", "");

/**
 * Unread messages of all conversations (of muted ones the mentions only): for the school's navigation bar, whether or not
 * the chat itself is on the page.
 */
export function useUnreadCount(): number {
  useLoadedList(UNREAD);
  return useChatState(selectUnreadTotal);
}
