import { memo, type ReactNode, type Ref, useDeferredValue, useMemo, useState } from "react";
import { useActiveConversation, useChatState, useConversations, useMe, usePresence } from "../../hooks";
import type { Filter } from "../../model/types";
import type { OutboxEntry } from "../../store/state";
import type { VirtualListHandle } from "../VirtualList/VirtualList";
import { ChatListRow } from "./ChatListRow";
import { ChatListView, type ConnectedRowProps } from "./ChatListView";
import { refusedIn, sendingOf, withUnsent } from "./unsent";
import { useStaying } from "./useStaying";

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
  const { activeId, open } = useActiveConversation();
  // Typing is never held up by a long list.
  const list = useConversations(filter, useDeferredValue(search), useStaying(filter, activeId));
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

const NOTHING: readonly OutboxEntry[] = [];

const ConnectedRow = memo(function ConnectedRow({ conversation, ...props }: ConnectedRowProps) {
  const typing = useChatState((state) => state.typing[conversation.id]);
  const entries = useChatState((state) => state.outbox[conversation.id]) ?? NOTHING;
  const { isOnline } = usePresence(conversation.participant?.id);
  const names = useMemo(() => (typing ?? []).map((one) => one.name.split(" ")[0] ?? one.name), [typing]);
  const messages = useChatState((state) => state.timelines[conversation.id]?.messages);
  const refused = useMemo(() => refusedIn(messages, props.meId), [messages, props.meId]);
  const unsent = useMemo(() => ({ entries, refused }), [entries, refused]);
  const shown = useMemo(() => withUnsent(conversation, unsent), [conversation, unsent]);
  const sending = sendingOf(unsent);
  return <ChatListRow {...props} conversation={shown} typing={names} isOnline={isOnline} sending={sending} />;
});
