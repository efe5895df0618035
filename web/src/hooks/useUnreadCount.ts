import { selectUnreadTotal } from "../store/selectors";
import { useChatState } from "./useChatState";

/** Unread messages of all conversations (of muted ones the mentions only): for the school's navigation bar. */
export function useUnreadCount(): number {
  return useChatState(selectUnreadTotal);
}
