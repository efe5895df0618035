import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TimelineView } from "../../hooks/useTimeline";
import type { TimelineEntry } from "../../model/types";
import { distanceFromEnd, NEAR_END_PX, type TimelineVirtualizer } from "./useTimelineVirtualizer";

/** More is loaded when fewer rows than this lie beyond what is in sight. */
const ROWS_AHEAD = 20;
/** Farther (px) from the end than this, the way back is offered; where something new waits there, as soon as it is not followed. */
const FAR_PX = 240;
const RETRY_MS = 500;

interface LoadingOptions {
  virtualizer: TimelineVirtualizer;
  timeline: TimelineView;
  rowCount: number;
  isSettling: () => boolean;
}

/** Loads more before the reader comes to the edge of what is there. */
export function useLoading({ virtualizer, timeline, rowCount, isSettling }: LoadingOptions): void {
  const { status, hasOlder, isLoadingOlder, loadOlder, hasNewer, loadNewer } = timeline;
  // Of these rows: `virtualizer.range` would still be that of the rows before.
  const range = virtualizer.calculateRange();
  const first = range?.startIndex ?? -1;
  const last = range?.endIndex ?? -1;
  const isNearTop = first >= 0 && first < ROWS_AHEAD;
  const isNearEnd = last >= 0 && last >= rowCount - ROWS_AHEAD;

  // `rowCount`: a page that filled less than the rows ahead is followed by the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is asked again for each new page
  useEffect(() => {
    if (status !== "ready") return;
    const load = () => {
      if (isSettling()) return false;
      if (isNearTop && hasOlder && !isLoadingOlder) loadOlder();
      if (isNearEnd && hasNewer) loadNewer();
      return true;
    };
    if (load()) return;
    const timer = setTimeout(load, RETRY_MS);
    return () => clearTimeout(timer);
  }, [
    status,
    isNearTop,
    hasOlder,
    isLoadingOlder,
    loadOlder,
    isNearEnd,
    hasNewer,
    loadNewer,
    rowCount,
    isSettling,
  ]);
}

/** What I send myself is always shown, wherever I was reading. */
export function useFollowOwn(rows: readonly TimelineEntry[], goToEnd: () => void): void {
  const lastKey = useRef<string | null>(null);
  useLayoutEffect(() => {
    const last = rows.at(-1);
    const isNew = last !== undefined && lastKey.current !== null && last.key !== lastKey.current;
    lastKey.current = last?.key ?? null;
    if (isNew && last.kind === "message" && last.message.localId !== undefined) goToEnd();
  }, [rows, goToEnd]);
}

/** Whether the end of the timeline is out of sight. */
export function useFarFromEnd(
  element: HTMLElement | null,
  virtualizer: TimelineVirtualizer,
  rows: readonly TimelineEntry[],
  unread: number,
): boolean {
  const limit = unread > 0 ? NEAR_END_PX : FAR_PX;
  const [isFar, setIsFar] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows may move the end away without a scroll
  useEffect(() => {
    if (!element) return;
    const look = () => setIsFar(distanceFromEnd(virtualizer) > limit);
    const frame = requestAnimationFrame(look);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", look);
    };
  }, [element, virtualizer, rows, limit]);
  return isFar;
}
