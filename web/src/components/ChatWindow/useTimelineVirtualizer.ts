import { defaultRangeExtractor, type Range, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useMemo, useRef } from "react";
import type { TimelineEntry } from "../../model/types";
import { guessHeight } from "./rowHeights";

export type TimelineVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** So near (px) counts as being at the end: new messages are followed. */
export const NEAR_END_PX = 80;
const OVERSCAN = 8;
const PADDING = 12;
/** The room of who is typing, below the last message. */
const TYPING = 28;
/** The room of the sticky day: what is scrolled to is shown below it. */
const STICKY = 44;

interface Options {
  scroller: HTMLDivElement | null;
  rows: readonly TimelineEntry[];
  isGroup: boolean;
  /** More messages follow that are not loaded: what is appended then is no news, and is not followed. */
  hasNewer: boolean;
  /** A row that stays drawn wherever one scrolls, because the focus is on it. */
  keptIndex: number;
}

/** Rows of which only those in sight exist. Older ones come in above without moving what is read. */
export function useTimelineVirtualizer({ scroller, rows, isGroup, hasNewer, keptIndex }: Options) {
  const hadNewer = usePrevious(hasNewer);
  const heights = useGuesses(rows, scroller, isGroup);

  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    // Without its width nothing can be guessed: the rows come with the second drawing, before the first paint.
    count: scroller ? rows.length : 0,
    getScrollElement: () => scroller,
    getItemKey: useCallback((index: number) => rows[index]!.key, [rows]),
    estimateSize: (index) => heights[index]!,
    rangeExtractor: useCallback((range: Range) => withKept(range, keptIndex), [keptIndex]),
    anchorTo: "end",
    followOnAppend: !hasNewer && !hadNewer,
    scrollEndThreshold: NEAR_END_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: STICKY,
    paddingStart: PADDING,
    paddingEnd: TYPING,
    directDomUpdates: true,
    // Transforms are single floats: millions of pixels down, they are half a pixel off.
    directDomUpdatesMode: "position",
  });
  useStableBottom(scroller, virtualizer);
  return virtualizer;
}

/** The guesses hang on the entries, so that a new message costs one; by index, as a virtualizer asks for all of them. */
function useGuesses(
  rows: readonly TimelineEntry[],
  scroller: HTMLElement | null,
  isGroup: boolean,
): number[] {
  const width = scroller?.clientWidth ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: guesses of another width or kind are worth nothing
  const known = useMemo(() => new WeakMap<TimelineEntry, number>(), [width, isGroup]);
  return useMemo(
    () =>
      rows.map((row) => {
        const height = known.get(row) ?? guessHeight(row, width, isGroup);
        known.set(row, height);
        return height;
      }),
    [rows, known, width, isGroup],
  );
}

/** How far (px) the end is below what is in sight. Nothing is read from the page: that would cost a layout a frame. */
export function distanceFromEnd(virtualizer: TimelineVirtualizer): number {
  return virtualizer.getTotalSize() - (virtualizer.scrollOffset ?? 0) - (virtualizer.scrollRect?.height ?? 0);
}

function withKept(range: Range, kept: number): number[] {
  const indexes = defaultRangeExtractor(range);
  if (kept < 0 || kept >= range.count || indexes.includes(kept)) return indexes;
  return [...indexes, kept].sort((a, b) => a - b);
}

function usePrevious<Value>(value: Value): Value {
  const previous = useRef(value);
  const before = previous.current;
  useLayoutEffect(() => {
    previous.current = value;
  });
  return before;
}

/** When the room for the timeline changes (a longer draft, the keyboard of a phone), its lower edge stays where it was. */
export function useStableBottom(element: HTMLElement | null, virtualizer: TimelineVirtualizer): void {
  useLayoutEffect(() => {
    if (!element) return;
    let height = element.clientHeight;
    let distance = 0;
    // Where the room has grown, the browser scrolls by itself, before any observer is told of the new height.
    const onScroll = () => {
      const isKnown = element.clientHeight === height && virtualizer.scrollRect?.height === height;
      if (isKnown) distance = distanceFromEnd(virtualizer);
    };
    const observer = new ResizeObserver(() => {
      if (element.clientHeight === height) return;
      height = element.clientHeight;
      element.scrollTop = element.scrollHeight - height - distance;
    });
    element.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, [element, virtualizer]);
}
