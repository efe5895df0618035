import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Conversation, Filter } from "../model/types";
import { selectConversations, selectDraftTexts } from "../store/selectors";
import { EMPTY_LIST, listKey } from "../store/state";
import { listedConversations } from "../store/unlisted";
import { useChatState } from "./useChatState";
import { useErrorText } from "./useErrorText";
import { useLoadedList } from "./useLoadedList";
import { useSettled } from "./useSettled";

export interface ConversationList {
  items: Conversation[];
  isLoading: boolean;
  /** What is shown came from the cache and is being checked. */
  isStale: boolean;
  error: string | null;
  hasMore: boolean;
  loadMore(): void;
  /** Texts that were begun and not sent, by conversation. */
  drafts: Record<number, string>;
}

/** My conversations, last activity first. `stays`: shown among the unread although it has been read. */
export function useConversations(
  filter: Filter,
  search: string,
  stays: number | null = null,
): ConversationList {
  const client = useChatClient();
  const errorText = useErrorText();
  const key = listKey(filter, search);
  useLoadedList(listKey(filter, useSettled(search.trim())));
  const conversations = useChatState((state) => state.conversations);
  const unlisted = useChatState((state) => state.unlisted);
  const list = useChatState((state) => state.lists[key]) ?? EMPTY_LIST;
  const isStale = useChatState((state) => state.isStale);
  const drafts = useChatState(selectDraftTexts);
  const items = useMemo(
    () =>
      selectConversations(
        listedConversations({ conversations, unlisted }),
        filter,
        search,
        list.found,
        stays,
      ),
    [conversations, filter, search, list.found, stays, unlisted],
  );
  return {
    items,
    isLoading: list.isLoading || (list.nextPage === 1 && list.error === null),
    isStale,
    error: list.error === null ? null : errorText(list.error),
    hasMore: list.nextPage !== null,
    loadMore: () => client.lists.loadMore(key),
    drafts,
  };
}
