import { useMemo } from "react";
import type { Message, Participant } from "../model/types";
import { useParticipants } from "./useParticipants";

export interface ReadersView {
  read: Participant[];
  unread: Participant[];
  isLoading: boolean;
  /** Set where nothing is known of them. */
  error: string | null;
  retry(): void;
}

/** Who of a group has read a message, from how far each has read. */
export function useReaders(message: Message): ReadersView {
  const { items, isLoading, error, retry } = useParticipants(message.conversation_id);
  const split = useMemo(() => {
    const others = items.filter((one) => one.id !== message.sender?.id);
    const hasRead = (one: Participant) => (one.last_read_message_id ?? 0) >= message.id;
    return { read: others.filter(hasRead), unread: others.filter((one) => !hasRead(one)) };
  }, [items, message]);
  return { ...split, isLoading, error: items.length === 0 ? error : null, retry };
}
