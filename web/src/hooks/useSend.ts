import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { OutgoingDraft } from "../model/types";

export interface Sending {
  /**
   * Shown at once, sent as soon as it can be; several files are several messages, the text goes with the first. False:
   * it was not taken, because nobody is signed in.
   */
  send(draft: OutgoingDraft): boolean;
  edit(messageId: number, text: string): Promise<void>;
  remove(messageId: number): Promise<void>;
  /** Again, for a message that failed: its `localId`, or its `client_id` where the homeserver refused it. */
  retry(localId: string): Promise<void>;
  discard(localId: string): Promise<void>;
}

export function useSend(conversationId: number): Sending {
  const { outbox, conversations } = useChatClient();
  return useMemo(
    () => ({
      send: (draft) => outbox.send(conversationId, draft),
      edit: conversations.edit,
      remove: conversations.remove,
      retry: outbox.retry,
      discard: outbox.discard,
    }),
    [outbox, conversations, conversationId],
  );
}
