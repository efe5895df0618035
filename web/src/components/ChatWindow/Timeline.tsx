import { type JSX, memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { TimelineView } from "../../hooks/useTimeline";
import type { TimelineEntry, TimelineMessage } from "../../model/types";
import { Spinner } from "../../ui";
import { FaultBoundary } from "../FaultBoundary/FaultBoundary";
import { DateSeparator } from "../MessageItem/DateSeparator";
import { MessageItem } from "../MessageItem/MessageItem";
import type { ActionName, MessageActions } from "../MessageItem/messageActions";
import { UnreadDivider } from "../MessageItem/UnreadDivider";
import { JumpToLatest } from "./JumpToLatest";
import { StickyDay } from "./StickyDay";
import styles from "./Timeline.module.css";
import { useFarFromEnd, useFollowOwn, useLoading } from "./timelineEffects";
import { useCurrentRow, useRovingRow } from "./useRovingRow";
import { useScrollPlace } from "./useScrollPlace";
import { useSeen, type Watch } from "./useSeen";
import { useTimelineVirtualizer } from "./useTimelineVirtualizer";

export interface TimelineProps {
  conversationId: number;
  timeline: TimelineView;
  isGroup: boolean;
  readerId: number | undefined;
  people: ReadonlyMap<number, string>;
  actions: MessageActions;
  findActions: (message: TimelineMessage) => readonly ActionName[];
}

/** The messages of one conversation. Mount it anew (`key`) for another one. */
export function Timeline(props: TimelineProps): JSX.Element {
  const { conversationId, timeline, isGroup } = props;
  const { entries, hasOlder, hasNewer, highlightedId } = timeline;
  const intl = useIntl();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const rows = useRows(entries, hasOlder);
  const { currentIndex, setCurrentKey } = useCurrentRow(rows);
  const virtualizer = useTimelineVirtualizer({ scroller, rows, isGroup, hasNewer, keptIndex: currentIndex });
  const { isSettling, goToEnd } = useScrollPlace({
    conversationId,
    scroller,
    virtualizer,
    rows,
    hasNewer,
    firstUnreadId: timeline.firstUnreadId,
    highlightedId,
  });
  useLoading({ virtualizer, timeline, rowCount: rows.length, isSettling });
  useFollowOwn(rows, goToEnd);
  const isFar = useFarFromEnd(scroller, virtualizer, rows, timeline.unreadBelow);
  const watch = useSeen(scroller, timeline.seen);
  const onTop = useCallback(() => hasOlder && timeline.loadOlder(), [hasOlder, timeline.loadOlder]);
  const onKeyDown = useRovingRow({ scroller, rows, currentIndex, virtualizer, onTop, setCurrentKey });

  const jumpToLatest = () => {
    timeline.jumpToLatest();
    goToEnd();
  };

  return (
    <div className={styles.timeline}>
      <div
        ref={setScroller}
        className={styles.scroller}
        role="log"
        aria-live="off"
        aria-label={intl.formatMessage({ id: "window.log" })}
        aria-busy={timeline.isLoadingOlder}
        onKeyDown={onKeyDown}
      >
        <div ref={virtualizer.containerRef} className={styles.list}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index]!;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={styles.row}
              >
                <Row
                  row={row}
                  isCurrent={item.index === currentIndex}
                  isHighlighted={row.kind === "message" && row.message.id === highlightedId}
                  watch={watch}
                  onFocus={setCurrentKey}
                  isGroup={isGroup}
                  readerId={props.readerId}
                  people={props.people}
                  actions={props.actions}
                  findActions={props.findActions}
                />
              </div>
            );
          })}
        </div>
      </div>
      <StickyDay scroller={scroller} virtualizer={virtualizer} rows={rows} />
      {timeline.isLoadingOlder && (
        // Outside of the list: a row of its own at the top would become what the scrolling holds on to.
        <div className={styles.loading}>
          <Spinner size={1.25} />
        </div>
      )}
      {(isFar || hasNewer) && <JumpToLatest unread={timeline.unreadBelow} onClick={jumpToLatest} />}
    </div>
  );
}

interface RowProps {
  row: TimelineEntry;
  isCurrent: boolean;
  isHighlighted: boolean;
  watch: Watch;
  onFocus: (key: string) => void;
  isGroup: boolean;
  readerId: number | undefined;
  people: ReadonlyMap<number, string>;
  actions: MessageActions;
  findActions: (message: TimelineMessage) => readonly ActionName[];
}

const Row = memo(function Row({ row, watch, onFocus, ...rest }: RowProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const messageId = row.kind === "message" ? row.message.id : -1;
  useEffect(() => {
    if (messageId > 0 && element.current) return watch(element.current, messageId);
  }, [messageId, watch]);

  if (row.kind === "date") return <DateSeparator day={row.day} />;
  if (row.kind === "unread") return <UnreadDivider />;
  const { message, isMine, isFirstOfGroup, isLastOfGroup } = row;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it notes where the focus is
    <div ref={element} onFocus={() => onFocus(row.key)}>
      <FaultBoundary of={message} fallback={() => <BrokenMessage />}>
        <MessageItem
          message={message}
          isMine={isMine}
          isFirstOfGroup={isFirstOfGroup}
          isLastOfGroup={isLastOfGroup}
          {...rest}
        />
      </FaultBoundary>
    </div>
  );
});

function BrokenMessage(): JSX.Element {
  return (
    <p className={styles.broken}>
      <FormattedMessage id="fault.message" />
    </p>
  );
}

/**
 * While there is more above, the first row is a message and never a date: the date of the first day would stay at the
 * top when older messages of that day come in, and the reader would be carried off with it.
 */
function useRows(entries: readonly TimelineEntry[], hasOlder: boolean): readonly TimelineEntry[] {
  return useMemo(
    () => (hasOlder && entries[0]?.kind === "date" ? entries.slice(1) : entries),
    [entries, hasOlder],
  );
}
