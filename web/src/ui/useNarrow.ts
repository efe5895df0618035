import { type RefObject, useLayoutEffect, useState } from "react";

/** Whether an element is narrower than this: the school may give the chat a part of its page only. */
export function useNarrow(element: RefObject<HTMLElement | null>, px: number): boolean {
  const [isNarrow, setNarrow] = useState(() => window.innerWidth < px); // it is no wider than the window
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return;
    const look = () => setNarrow(observed.clientWidth < px);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element, px]);
  return isNarrow;
}
