import { type KeyboardEvent, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { TimelineEntry } from "../../model/types";
import type { TimelineVirtualizer } from "./useTimelineVirtualizer";

interface Options {
  scroller: HTMLElement | null;
  rows: readonly TimelineEntry[];
  currentIndex: number;
  virtualizer: TimelineVirtualizer;
  onTop: () => void;
  setCurrentKey: (key: string) => void;
}

/** The row that Tab comes to: where the arrows were last, else the last message. */
export function useCurrentRow(rows: readonly TimelineEntry[]) {
  const [currentKey, setCurrentKey] = useState<string | null>(null);
  const found = currentKey === null ? -1 : rows.findIndex((row) => row.key === currentKey);
  const currentIndex = found >= 0 ? found : findMessage(rows, rows.length - 1, -1);
  return { currentIndex, setCurrentKey };
}

/** Arrows, Home and End move the focus from message to message; one Tab leaves the timeline. */
export function useRovingRow({ scroller, rows, currentIndex, virtualizer, onTop, setCurrentKey }: Options) {
  const wantsFocus = useRef(false);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const row = scroller?.querySelector<HTMLElement>(`[data-index="${currentIndex}"] article`);
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  return useCallback(
    (event: KeyboardEvent) => {
      if ((event.target as HTMLElement).tagName !== "ARTICLE") return;
      const next = nextRow(event.key, rows, currentIndex);
      if (next === null) return;
      event.preventDefault();
      if (next < 0 || next === currentIndex) {
        if (event.key === "ArrowUp") onTop();
        return;
      }
      wantsFocus.current = true;
      setCurrentKey(rows[next]!.key);
      virtualizer.scrollToIndex(next, { align: "auto" });
    },
    [rows, currentIndex, virtualizer, onTop, setCurrentKey],
  );
}

/** The index to go to; -1 when there is none, null when the key means nothing here. */
export function nextRow(key: string, rows: readonly TimelineEntry[], from: number): number | null {
  switch (key) {
    case "ArrowUp":
      return findMessage(rows, from - 1, -1);
    case "ArrowDown":
      return findMessage(rows, from + 1, 1);
    case "Home":
      return findMessage(rows, 0, 1);
    case "End":
      return findMessage(rows, rows.length - 1, -1);
    default:
      return null;
  }
}

/** The first message from `start` in that direction. */
function findMessage(rows: readonly TimelineEntry[], start: number, step: 1 | -1): number {
  for (let index = start; index >= 0 && index < rows.length; index += step) {
    if (rows[index]!.kind === "message") return index;
  }
  return -1;
}
