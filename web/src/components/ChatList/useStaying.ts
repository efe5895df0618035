import { useState } from "react";
import { useConversation } from "../../hooks";
import type { Filter } from "../../model/types";

/**
 * Among the unread, the conversation that one opens there and reads: it stays in the list until another one is opened,
 * so that its line is not pulled away under the eyes, and Esc leads back to it.
 */
export function useStaying(filter: Filter, activeId: number | null): number | null {
  const [staying, setStaying] = useState<number | null>(null);
  const isUnread = (useConversation(activeId)?.unread_count ?? 0) > 0;
  const isSame = activeId === null || activeId === staying;
  const next = filter !== "unread" ? null : isUnread ? activeId : isSame ? staying : null;
  if (next !== staying) setStaying(next);
  return next;
}
