import { type ReactNode, type Ref, useDeferredValue, useMemo, useState } from "react";
import { useActiveConversation, useChatState, useConversations, useMe, usePresence } from "../../hooks";
import type { Filter } from "../../model/types";
import type { VirtualListHandle } from "../VirtualList/VirtualList";
import { ChatListRow } from "./ChatListRow";
import { ChatListView, type ConnectedRowProps } from "./ChatListView";

export interface ChatListProps {
  /** Instead of opening the conversation in this chat. */
  onOpen?: ((id: number) => void) | undefined;
  start?: ReactNode;
  actions?: ReactNode;
  /** Below the conversations. */
  notice?: ReactNode;
  listRef?: Ref<VirtualListHandle> | undefined;
}

/** My conversations: search, filters, and what is new in each. */
export function ChatList({ onOpen, ...slots }: ChatListProps) {
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  // Typing is never held up by a long list.
  const list = useConversations(filter, useDeferredValue(search));
  const { activeId, open } = useActiveConversation();
  const { me } = useMe();
  return (
    <ChatListView
      {...slots}
      items={list.items}
      drafts={list.drafts}
      isLoading={list.isLoading}
      error={list.error}
      hasMore={list.hasMore}
      onLoadMore={list.loadMore}
      filter={filter}
      onFilter={setFilter}
      search={search}
      onSearch={setSearch}
      activeId={activeId}
      meId={me?.id}
      onOpen={onOpen ?? open}
      Row={ConnectedRow}
    />
  );
}

function ConnectedRow(props: ConnectedRowProps) {
  const typing = useChatState((state) => state.typing[props.conversation.id]);
  const { isOnline } = usePresence(props.conversation.participant?.id);
  const names = useMemo(() => (typing ?? []).map((one) => one.name.split(" ")[0] ?? one.name), [typing]);
  return <ChatListRow {...props} typing={names} isOnline={isOnline} />;
}
