import type { Conversation } from "../../model/types";

/** What the list is made of: conversations, and at the end the archived ones behind a line of their own. */
export type ListRow =
  | { kind: "conversation"; conversation: Conversation }
  | { kind: "archive"; count: number; isOpen: boolean };

/** `isOpen`: whether the archive is; a search opens it, for what is looked for may be there. */
export function listRows(items: readonly Conversation[], isOpen: boolean): ListRow[] {
  const rows: ListRow[] = [];
  const archived: ListRow[] = [];
  for (const conversation of items) {
    (conversation.is_archived ? archived : rows).push({ kind: "conversation", conversation });
  }
  if (archived.length === 0) return rows;
  rows.push({ kind: "archive", count: archived.length, isOpen });
  return isOpen ? [...rows, ...archived] : rows;
}

export function rowKey(row: ListRow): string | number {
  return row.kind === "archive" ? "archive" : row.conversation.id;
}
