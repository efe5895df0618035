import { useCallback, useEffect, useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { User } from "../model/types";
import { unknownUser } from "../model/users";
import { selectUser } from "../store/selectors";
import type { TypingState } from "../store/state";
import { useChatState } from "./useChatState";

const NOBODY: readonly TypingState[] = [];

export interface TypingView {
  typing: User[];
  /** Call it at every key stroke; it tells the others at most every three seconds, and that it ended by itself. */
  notifyTyping(isTyping: boolean): void;
}

/** Who else is typing here. */
export function useTyping(conversationId: number): TypingView {
  const client = useChatClient();
  const people = useChatState((state) => state.typing[conversationId]) ?? NOBODY;
  const typing = useMemo(
    () =>
      people.map(
        ({ userId, name }) =>
          selectUser(client.store.getState(), conversationId, userId) ?? unknownUser(userId, name),
      ),
    [client, conversationId, people],
  );
  const notifyTyping = useCallback(
    (isTyping: boolean) => client.typing.notify(conversationId, isTyping),
    [client, conversationId],
  );
  useEffect(() => () => client.typing.notify(conversationId, false), [client, conversationId]);
  return { typing, notifyTyping };
}
