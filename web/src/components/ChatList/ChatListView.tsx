import { type ComponentType, type ReactNode, type Ref, useCallback, useMemo, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Conversation, Filter } from "../../model/types";
import { SearchField, SegmentedControl, useNow } from "../../ui";
import { type RowFocus, VirtualList, type VirtualListHandle } from "../VirtualList/VirtualList";
import { ArchiveRow } from "./ArchiveRow";
import styles from "./ChatList.module.css";
import type { ChatListRowProps } from "./ChatListRow";
import { ListEmpty, ListFooter, ListSkeleton } from "./ListStates";
import { type ListRow, listRows, rowKey } from "./rows";

/** What a row needs that does not come from the conversation: presence, typing and what is on its way are found by it. */
export type ConnectedRowProps = Omit<ChatListRowProps, "typing" | "isOnline" | "sending">;

export interface ChatListViewProps {
  items: readonly Conversation[];
  drafts: Readonly<Record<number, string>>;
  isLoading: boolean;
  error: string | null;
  hasMore: boolean;
  onLoadMore: () => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  search: string;
  onSearch: (search: string) => void;
  activeId: number | null;
  meId: number | undefined;
  onOpen: (id: number) => void;
  Row: ComponentType<ConnectedRowProps>;
  /** Left and right of the heading. */
  start?: ReactNode;
  actions?: ReactNode;
  /** Below the conversations. */
  notice?: ReactNode;
  listRef?: Ref<VirtualListHandle> | undefined;
}

const FILTERS: readonly Filter[] = ["all", "unread", "groups"];
const ROW_REM = 4.375;
const ARCHIVE_REM = 2.75;
const rowHeight = (row: ListRow) => (row.kind === "archive" ? ARCHIVE_REM : ROW_REM);

export function ChatListView(props: ChatListViewProps) {
  const { items, search, onSearch, filter, onFilter, start, actions } = props;
  const intl = useIntl();
  const ownList = useRef<VirtualListHandle>(null);
  const rows = useListRows(items, search);
  const focusFirst = () => {
    const first = rows.rows[0];
    if (first) ownList.current?.focus(rowKey(first));
  };
  return (
    <section className={styles.list} aria-label={intl.formatMessage({ id: "list.title" })}>
      <header className={styles.header}>
        {start}
        <h1 className={styles.title}>
          <FormattedMessage id="list.title" />
        </h1>
        {actions}
      </header>
      <div className={styles.tools}>
        <SearchField
          label={intl.formatMessage({ id: "list.search" })}
          value={search}
          onChange={onSearch}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return; // the keys are the input method's
            if (event.key === "ArrowDown") {
              event.preventDefault();
              focusFirst();
            }
            const first = rows.rows[0];
            if (event.key === "Enter" && first?.kind === "conversation") props.onOpen(first.conversation.id);
          }}
        />
        <SegmentedControl
          label={intl.formatMessage({ id: "list.filter" })}
          segments={FILTERS.map((value) => ({
            value,
            label: <FormattedMessage id={`list.filter.${value}`} />,
          }))}
          value={filter}
          onChange={onFilter}
        />
      </div>
      <ListBody {...props} {...rows} ownList={ownList} />
      {/* Below the rows: it may come when one is about to be clicked. */}
      {props.notice}
    </section>
  );
}

interface Rows {
  rows: ListRow[];
  toggleArchive: () => void;
}

function useListRows(items: readonly Conversation[], search: string): Rows {
  const [isArchiveOpen, setArchiveOpen] = useState(false);
  const isOpen = isArchiveOpen || search.trim() !== "";
  const rows = useMemo(() => listRows(items, isOpen), [items, isOpen]);
  return { rows, toggleArchive: useCallback(() => setArchiveOpen((before) => !before), []) };
}

function ListBody(props: ChatListViewProps & Rows & { ownList: Ref<VirtualListHandle> }) {
  const { rows, toggleArchive, drafts, activeId, meId, onOpen, Row } = props;
  const intl = useIntl();
  const now = useNow();
  const renderRow = (row: ListRow, focus: RowFocus) =>
    row.kind === "archive" ? (
      <ArchiveRow count={row.count} isOpen={row.isOpen} focus={focus} onToggle={toggleArchive} />
    ) : (
      <Row
        conversation={row.conversation}
        isActive={row.conversation.id === activeId}
        draft={drafts[row.conversation.id]}
        meId={meId}
        now={now}
        focus={focus}
        onOpen={onOpen}
      />
    );
  if (rows.length === 0) {
    return props.isLoading ? <ListSkeleton /> : <ListEmpty {...props} onRetry={props.onLoadMore} />;
  }
  return (
    <VirtualList
      ref={mergeRefs(props.ownList, props.listRef)}
      label={intl.formatMessage({ id: "list.conversations" })}
      className={styles.scroller}
      items={rows}
      getKey={rowKey}
      rowHeight={rowHeight}
      renderRow={renderRow}
      currentKey={activeId}
      onEndReached={props.hasMore && !props.error ? props.onLoadMore : undefined}
      footer={<ListFooter {...props} onRetry={props.onLoadMore} />}
    />
  );
}

function mergeRefs<Handle>(...refs: (Ref<Handle> | undefined)[]): (handle: Handle | null) => void {
  return (handle) => {
    for (const ref of refs) {
      if (typeof ref === "function") ref(handle);
      else if (ref) (ref as { current: Handle | null }).current = handle;
    }
  };
}
