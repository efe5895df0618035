import { useCallback, useEffect, useRef } from "react";

/** So much of a message must be in sight, or its lower edge, or as much as there is room for. */
const ENOUGH = 0.6;
const THRESHOLDS = [0, 0.25, 0.5, ENOUGH, 0.8, 1];

/** Called by a row that wants to be watched; the answer ends it. */
export type Watch = (row: Element, messageId: number) => () => void;

/** Tells the last message that is in sight, whenever it is another one. */
export function useSeen(scroller: HTMLElement | null, onSeen: (messageId: number) => void): Watch {
  const ids = useRef(new Map<Element, number>());
  const inSight = useRef(new Set<Element>());
  const observer = useRef<IntersectionObserver | null>(null);

  const observe = useCallback(() => {
    observer.current ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (isSeen(entry)) inSight.current.add(entry.target);
          else inSight.current.delete(entry.target);
        }
        const last = Math.max(0, ...[...inSight.current].map((row) => ids.current.get(row) ?? 0));
        if (last > 0) onSeen(last);
      },
      { root: scroller, threshold: THRESHOLDS },
    );
    return observer.current;
  }, [scroller, onSeen]);

  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
    },
    [],
  );

  return useCallback(
    (row, messageId) => {
      ids.current.set(row, messageId);
      observe().observe(row);
      return () => {
        observer.current?.unobserve(row);
        ids.current.delete(row);
        inSight.current.delete(row);
      };
    },
    [observe],
  );
}

function isSeen(entry: IntersectionObserverEntry): boolean {
  const { isIntersecting, intersectionRatio, intersectionRect, boundingClientRect, rootBounds } = entry;
  if (!isIntersecting || intersectionRect.height === 0) return false;
  const isEndInSight = intersectionRect.bottom >= boundingClientRect.bottom - 1;
  const fillsTheRoom = intersectionRect.height >= ENOUGH * (rootBounds?.height ?? Number.POSITIVE_INFINITY);
  return intersectionRatio >= ENOUGH || isEndInSight || fillsTheRoom;
}
