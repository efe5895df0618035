import { type RefObject, useLayoutEffect, useState } from "react";

/** Narrower than this there is room for the list or for a conversation, not for both: a phone on its side, 200 % zoom. */
export const NARROW_PX = 720;

/** Whether an element is narrow: the school may give the chat a part of its page only. */
export function useNarrow(element: RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return;
    const look = () => setNarrow(observed.clientWidth < NARROW_PX);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return isNarrow;
}
