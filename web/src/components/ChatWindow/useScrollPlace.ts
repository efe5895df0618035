import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { TimelineEntry } from "../../model/types";
import { findPlace, rememberPlace } from "./scrollMemory";
import { distanceFromEnd, NEAR_END_PX, type TimelineVirtualizer } from "./useTimelineVirtualizer";

/** So long (ms) after a jump nothing more is loaded: rows that come in above would shift the target under it. */
const SETTLING_MS = 400;

interface Options {
  conversationId: number;
  scroller: HTMLElement | null;
  virtualizer: TimelineVirtualizer;
  rows: readonly TimelineEntry[];
  hasNewer: boolean;
  firstUnreadId: number | null;
  highlightedId: number | null;
}

export interface ScrollPlace {
  /** A jump is on its way. */
  isSettling: () => boolean;
  /** Now, or as soon as the end is loaded. */
  goToEnd: () => void;
}

/**
 * Puts the view where it belongs: at the opening at the first unread message, else where the conversation was left,
 * else at the end; later at the message that was asked for, and at the divider when news came while one was at the end.
 */
export function useScrollPlace(options: Options): ScrollPlace {
  const { conversationId, scroller, virtualizer, rows, hasNewer, firstUnreadId, highlightedId } = options;
  const settledAt = useRef(0);
  const wantsEnd = useRef(false);
  const done = useRef({
    isPlaced: false,
    unreadId: null as number | null,
    highlightedId: null as number | null,
  });
  const before = useBefore(scroller, virtualizer);

  const move = useCallback((scroll: () => void) => {
    settledAt.current = performance.now() + SETTLING_MS;
    scroll();
  }, []);
  const goToEnd = useCallback(() => {
    wantsEnd.current = true;
    if (!hasNewer) move(() => virtualizer.scrollToEnd());
  }, [hasNewer, move, virtualizer]);

  useLayoutEffect(() => {
    if (!scroller || rows.length === 0) return;
    const { isPlaced, unreadId, highlightedId: doneId } = done.current;
    const target = highlightedId === null ? -1 : indexOfMessage(rows, highlightedId);
    const isAsked = target >= 0 && highlightedId !== doneId;
    const isNewDivider =
      firstUnreadId !== null && firstUnreadId !== unreadId && (!isPlaced || before.current.isAtEnd);
    const divider = isNewDivider ? rows.findIndex((row) => row.kind === "unread") : -1;
    const isLost = isPlaced && !rows.some((row) => row.key === before.current.key);
    if (isAsked) move(() => virtualizer.scrollToIndex(target, { align: "center" }));
    else if (divider >= 0) move(() => virtualizer.scrollToIndex(divider, { align: "start" }));
    else if (!isPlaced && restore(conversationId, rows, virtualizer))
      settledAt.current = performance.now() + SETTLING_MS;
    else if (!isPlaced || isLost || (wantsEnd.current && !hasNewer)) move(() => virtualizer.scrollToEnd());
    if (!hasNewer || isAsked) wantsEnd.current = false;
    done.current.isPlaced = true;
    done.current.unreadId = firstUnreadId;
    // Asked for, but not loaded yet: the question stays open.
    if (highlightedId === null || target >= 0) done.current.highlightedId = highlightedId;
    before.current.key = rowAt(virtualizer);
  }, [conversationId, scroller, rows, hasNewer, firstUnreadId, highlightedId, virtualizer, move, before]);

  useLayoutEffect(() => {
    const { current } = done;
    return () => {
      if (performance.now() > settledAt.current) leave(conversationId, virtualizer);
      current.isPlaced = false; // mounted again, as in React's strict mode, it is placed again
    };
  }, [conversationId, virtualizer]);

  return { isSettling: useCallback(() => performance.now() < settledAt.current, []), goToEnd };
}

export function indexOfMessage(rows: readonly TimelineEntry[], messageId: number): number {
  return rows.findIndex((row) => row.kind === "message" && row.message.id === messageId);
}

/** Where the view was before the rows changed: which row was at the upper edge, and whether the end was in sight. */
function useBefore(element: HTMLElement | null, virtualizer: TimelineVirtualizer) {
  const before = useRef<{ key: string | undefined; isAtEnd: boolean }>({ key: undefined, isAtEnd: true });
  useEffect(() => {
    if (!element) return;
    const note = () => {
      before.current = { key: rowAt(virtualizer), isAtEnd: distanceFromEnd(virtualizer) <= NEAR_END_PX };
    };
    element.addEventListener("scroll", note, { passive: true });
    return () => element.removeEventListener("scroll", note);
  }, [element, virtualizer]);
  return before;
}

function rowAt(virtualizer: TimelineVirtualizer): string | undefined {
  const item = virtualizer.getVirtualItemForOffset(virtualizer.scrollOffset ?? 0);
  return item && String(item.key);
}

function restore(
  conversationId: number,
  rows: readonly TimelineEntry[],
  virtualizer: TimelineVirtualizer,
): boolean {
  const place = findPlace(conversationId);
  const index = place ? rows.findIndex((row) => row.key === place.key) : -1;
  const start = index < 0 ? undefined : virtualizer.getOffsetForIndex(index, "start")?.[0];
  if (!place || start === undefined) return false;
  virtualizer.scrollToOffset(start + place.offset);
  return true;
}

function leave(conversationId: number, virtualizer: TimelineVirtualizer): void {
  const offset = virtualizer.scrollOffset;
  if (offset === null || !virtualizer.scrollRect?.height) return;
  const item =
    distanceFromEnd(virtualizer) <= NEAR_END_PX ? undefined : virtualizer.getVirtualItemForOffset(offset);
  rememberPlace(conversationId, item ? { key: String(item.key), offset: offset - item.start } : null);
}
