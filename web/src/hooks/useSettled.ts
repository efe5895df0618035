import { useEffect, useState } from "react";

/** So long nothing more is typed before the server is asked what a search finds. */
export const SEARCH_PAUSE_MS = 250;

/** The value, when it has not changed for a while; "" at once: who empties a search waits for nothing. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return value === "" ? "" : settled;
}
