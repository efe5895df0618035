import { useEffect } from "react";
import { useChatClient } from "../context/ChatContext";
import { useChatState } from "./useChatState";

/** Load a list of conversations; once more when all was forgotten, because the session was over. */
export function useLoadedList(key: string): void {
  const { lists } = useChatClient();
  const isKnown = useChatState((state) => key in state.lists);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => lists.load(key), [lists, key, isKnown]);
}
