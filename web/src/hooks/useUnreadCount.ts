import { useEffect } from "react";
import { useChatClient } from "../context/ChatContext";
import { selectUnreadTotal } from "../store/selectors";
import { listKey } from "../store/state";
import { useChatState } from "./useChatState";

const UNREAD = listKey("unread", "");

/**
 * Unread messages of all conversations (of muted ones the mentions only): for the school's navigation bar, whether or not
 * the chat itself is on the page.
 */
export function useUnreadCount(): number {
  const { lists } = useChatClient();
  const isKnown = useChatState((state) => UNREAD in state.lists);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once more when all was forgotten, because the session was over
  useEffect(() => lists.load(UNREAD), [lists, isKnown]);
  return useChatState(selectUnreadTotal);
}
