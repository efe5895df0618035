import { dayOf } from "../../model/time";
import type { TimelineEntry } from "../../model/types";

/**
 * The day to be said above what is at the upper edge, or null. A separator there says its day by itself: twice the same,
 * one over the other, would be a blur, and the upper one would be pushed into the header.
 */
export function dayAt(rows: readonly TimelineEntry[], index: number): string | null {
  const row = rows[index];
  if (row?.kind === "date") return null;
  if (row?.kind === "message") return dayOf(row.message.created_at);
  return index + 1 < rows.length ? dayAt(rows, index + 1) : null;
}
