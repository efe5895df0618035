import { useChatClient } from "../context/ChatContext";
import type { Me, Settings } from "../model/types";
import { useChatState } from "./useChatState";

export function useMe(): { me: Me | undefined; updateSettings(patch: Partial<Settings>): Promise<void> } {
  const client = useChatClient();
  const me = useChatState((state) => state.me) ?? undefined;
  return { me, updateSettings: client.conversations.updateSettings };
}
