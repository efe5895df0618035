import type { ChatFile } from "./types";

const MARGIN_S = 600;

/**
 * Addresses are signed anew in each answer. A picture must not load again because of that: the address that is shown
 * stays while it holds.
 */
export function freshFile(
  shown: ChatFile | null,
  incoming: ChatFile | null,
  newer: ChatFile | null,
  now: number = Date.now(),
): ChatFile | null {
  if (newer === null || shown === null || shown.file_id !== newer.file_id) return newer;
  return holds(shown.file_url, now) ? shown : (incoming ?? newer);
}

/** Whether a signed address can still be used; one without a time holds for ever. */
function holds(address: string, now: number): boolean {
  const query = address.split("?")[1];
  const until = query === undefined ? null : new URLSearchParams(query).get("e");
  return until === null || Number(until) - MARGIN_S > now / 1000;
}
