import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Draft, Mention, Message } from "../model/types";
import {
  addMention,
  answerInDraft,
  beginEdit,
  clearDraft,
  endEdit,
  finishEdit,
  writeDraft,
} from "../store/drafts";
import { type ChatState, EMPTY_DRAFT } from "../store/state";
import { apply } from "../store/store";
import { useChatState } from "./useChatState";

export interface DraftView extends Draft {
  /** `caret`: where the change ended. */
  setText(text: string, caret?: number): void;
  /** Of a person whose name was put into the text. */
  mention(mention: Mention): void;
  setReplyTo(message: Message | null): void;
  /** Puts the message's text into the field; null gives back what stood there before. */
  setEditing(message: Message | null): void;
  /** The message has this text now: gives back what stood there before, unless more was written meanwhile. */
  finishEdit(messageId: number, text: string): void;
  clear(): void;
}

/** What is written and not sent in a conversation; it survives a reload. */
export function useDraft(conversationId: number): DraftView {
  const { store } = useChatClient();
  const draft = useChatState((state) => state.drafts[conversationId]) ?? EMPTY_DRAFT;
  const actions = useMemo(() => {
    const id = conversationId;
    const change = (next: (state: ChatState) => ChatState) => apply(store, next);
    return {
      setText: (text: string, caret?: number) => change((state) => writeDraft(state, id, text, caret)),
      mention: (mention: Mention) => change((state) => addMention(state, id, mention)),
      setReplyTo: (message: Message | null) => change((state) => answerInDraft(state, id, message)),
      setEditing: (message: Message | null) =>
        change((state) => (message ? beginEdit(state, id, message) : endEdit(state, id))),
      finishEdit: (messageId: number, text: string) =>
        change((state) => finishEdit(state, id, messageId, text)),
      clear: () => change((state) => clearDraft(state, id)),
    };
  }, [store, conversationId]);
  return { ...draft, ...actions };
}
