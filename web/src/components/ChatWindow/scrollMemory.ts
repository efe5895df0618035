/** Where a conversation was left: the row at the upper edge, and how far it was scrolled past. */
export interface ScrollPlace {
  key: string;
  offset: number;
}

/** As long as the page lives; by conversation. Who left at the end comes back to the end: nothing is kept then. */
const places = new Map<number, ScrollPlace>();

export function rememberPlace(conversationId: number, place: ScrollPlace | null): void {
  if (place) places.set(conversationId, place);
  else places.delete(conversationId);
}

export function findPlace(conversationId: number): ScrollPlace | undefined {
  return places.get(conversationId);
}
