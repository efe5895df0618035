import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Contact } from "../model/types";
import { useChatState } from "./useChatState";
import { useErrorText } from "./useErrorText";
import { useSettled } from "./useSettled";

export interface ContactList {
  items: Contact[];
  isLoading: boolean;
  error: string | null;
  hasMore: boolean;
  loadMore(): void;
}

/** Everybody I may write to. */
export function useContacts(search: string): ContactList {
  const { api } = useChatClient();
  const errorText = useErrorText();
  const presence = useChatState((state) => state.presence);
  const wanted = useSettled(search.trim());
  const query = useInfiniteQuery({
    queryKey: ["contacts", wanted],
    queryFn: ({ pageParam }) => api.getContacts({ search: wanted, page: pageParam }),
    initialPageParam: 1,
    getNextPageParam: (page, _pages, number) => (page.next === null ? undefined : number + 1),
    placeholderData: (before) => before,
  });
  const items = useMemo(() => {
    const byId = new Map(query.data?.pages.flatMap((page) => page.results).map((one) => [one.id, one]));
    return [...byId.values()].map((one) => {
      const now = presence[one.id];
      return now ? { ...one, is_online: now.isOnline, last_seen: now.lastSeen } : one;
    });
  }, [query.data, presence]);
  return {
    items,
    // Nobody was found by what was asked for before: of this search nothing is known yet.
    isLoading:
      query.isLoading || (items.length === 0 && (query.isPlaceholderData || wanted !== search.trim())),
    error: query.error === null ? null : errorText(query.error),
    hasMore: query.hasNextPage,
    loadMore: () => {
      if (!query.isFetchingNextPage) void query.fetchNextPage();
    },
  };
}
