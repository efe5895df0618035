import { useChatClient } from "../context/ChatContext";
import { useChatState } from "./useChatState";

export function useActiveConversation(): {
  activeId: number | null;
  open(id: number | null, atMessageId?: number): void;
} {
  const client = useChatClient();
  return { activeId: useChatState((state) => state.activeId), open: client.timelines.open };
}
