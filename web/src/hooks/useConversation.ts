import type { Conversation } from "../model/types";
import { useChatState } from "./useChatState";

export function useConversation(id: number | null): Conversation | undefined {
  return useChatState((state) => (id === null ? undefined : state.conversations[id]));
}
