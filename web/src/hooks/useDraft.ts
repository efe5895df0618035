import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Draft, Message } from "../model/types";
import { changeDraft } from "../store/drafts";
import { EMPTY_DRAFT } from "../store/state";
import { apply } from "../store/store";
import { useChatState } from "./useChatState";

export interface DraftView extends Draft {
  setText(text: string): void;
  setReplyTo(message: Message | null): void;
  /** Puts the message's text into the field; null gives back what stood there before. */
  setEditing(message: Message | null): void;
  clear(): void;
}

/** What is written and not sent in a conversation; it survives a reload. */
export function useDraft(conversationId: number): DraftView {
  const { store } = useChatClient();
  const draft = useChatState((state) => state.drafts[conversationId]) ?? EMPTY_DRAFT;
  const actions = useMemo(() => {
    const change = (patch: Partial<Draft>) =>
      apply(store, (state) => changeDraft(state, conversationId, patch));
    return {
      setText: (text: string) => change({ text }),
      setReplyTo: (replyTo: Message | null) => change({ replyTo }),
      setEditing: (editing: Message | null) => change({ editing }),
      clear: () => change(EMPTY_DRAFT),
    };
  }, [store, conversationId]);
  return { ...draft, ...actions };
}
