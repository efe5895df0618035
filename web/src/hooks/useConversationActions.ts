import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";

export interface BoundActions {
  rename(name: string): Promise<void>;
  setMuted(isMuted: boolean): Promise<void>;
  clear(): Promise<void>;
  /** Without `until` (ISO 8601): until it is lifted. */
  block(until?: string): Promise<void>;
  unblock(): Promise<void>;
  leaveOrArchive(): Promise<void>;
  /** Gives the id of the one direct conversation with this person. */
  createDirect(userId: number): Promise<number>;
  createGroup(name: string, userIds: number[]): Promise<number>;
}

/** What can be done with a conversation; `id` may be null for creating one. Errors are thrown: see `useErrorText`. */
export function useConversationActions(id: number | null): BoundActions {
  const { conversations } = useChatClient();
  return useMemo(() => {
    const one = () => {
      if (id === null) throw new Error("This needs a conversation.");
      return id;
    };
    return {
      rename: async (name) => conversations.rename(one(), name),
      setMuted: async (isMuted) => conversations.setMuted(one(), isMuted),
      clear: async () => conversations.clear(one()),
      block: async (until) => conversations.block(one(), until ?? null),
      unblock: async () => conversations.unblock(one()),
      leaveOrArchive: async () => conversations.leaveOrArchive(one()),
      createDirect: conversations.createDirect,
      createGroup: conversations.createGroup,
    };
  }, [conversations, id]);
}
