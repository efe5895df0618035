import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Participant } from "../model/types";
import { allParticipants, participantsKey } from "../services/participants";
import { useChatState } from "./useChatState";
import { useErrorText } from "./useErrorText";

export interface ParticipantsView {
  items: Participant[];
  isLoading: boolean;
  error: string | null;
  retry(): void;
  add(userIds: number[]): Promise<void>;
  remove(userId: number): Promise<void>;
}

const NOBODY = {};

/** Who is in a conversation, whether they are there now, and how far they have read. */
export function useParticipants(conversationId: number): ParticipantsView {
  const { api, conversations } = useChatClient();
  const errorText = useErrorText();
  const presence = useChatState((state) => state.presence);
  const readers = useChatState((state) => state.readers[conversationId]) ?? NOBODY;
  const query = useQuery({
    queryKey: participantsKey(conversationId),
    queryFn: () => allParticipants(api, conversationId),
  });
  const items = useMemo(
    () => (query.data ?? []).map((one) => asOfNow(one, presence[one.id], readers)),
    [query.data, presence, readers],
  );
  return {
    items,
    isLoading: query.isFetching && query.data === undefined, // a repeat after a fault, too
    error: query.error === null ? null : errorText(query.error),
    retry: () => void query.refetch(),
    add: (userIds) => conversations.addParticipants(conversationId, userIds),
    remove: (userId) => conversations.removeParticipant(conversationId, userId),
  };
}

function asOfNow(
  one: Participant,
  presence: { isOnline: boolean; lastSeen: string | null } | undefined,
  readers: Readonly<Record<number, number>>,
): Participant {
  const read = Math.max(one.last_read_message_id ?? 0, readers[one.id] ?? 0);
  return {
    ...one,
    ...(presence ? { is_online: presence.isOnline, last_seen: presence.lastSeen } : {}),
    last_read_message_id: read || null,
  };
}
