import { useStore } from "zustand";
import { useChatClient } from "../context/ChatContext";
import type { ChatState } from "../store/state";

/** A part of the state; the view is drawn again when that part is another one. */
export function useChatState<Part>(select: (state: ChatState) => Part): Part {
  return useStore(useChatClient().store, select);
}
