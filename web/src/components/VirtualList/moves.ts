export type Direction = "up" | "down" | "first" | "last" | "pageUp" | "pageDown";

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
  PageUp: "pageUp",
  PageDown: "pageDown",
};

/** What a key means in a list; with a modifier it belongs to somebody else. */
export function directionOf(event: {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}): Direction | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  return KEYS[event.key] ?? null;
}

/** Where a move leads. It ends at both ends: a long list has a beginning that is felt. */
export function nextIndex(direction: Direction, at: number, count: number, page: number): number {
  const wanted = {
    up: at - 1,
    down: at + 1,
    first: 0,
    last: count - 1,
    pageUp: at - page,
    pageDown: at + page,
  };
  return Math.min(count - 1, Math.max(0, wanted[direction]));
}
