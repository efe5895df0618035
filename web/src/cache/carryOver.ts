import type { IDBPObjectStore } from "idb";
import { EMPTY_DRAFT, type OutboxEntry } from "../store/state";
import type { ChatDatabase, KeptDraft } from "./database";

type StoreNames = ("conversations" | "timelines" | "outbox" | "drafts" | "meta")[];
type Store<Name extends "outbox" | "drafts"> = IDBPObjectStore<
  ChatDatabase,
  StoreNames,
  Name,
  "versionchange"
>;

/** What readers have written and not sent is nowhere else: it comes along from every older version. */
export async function carryOver(outbox: Store<"outbox">, drafts: Store<"drafts">): Promise<void> {
  const [entries, begun] = await Promise.all([outbox.getAll(), drafts.getAll()]);
  await Promise.all([
    ...entries.map((entry) => outbox.put(entryOf(entry))),
    ...begun.map((draft) => {
      const carried = draftOf(draft);
      return carried ? drafts.put(carried) : drafts.delete(draft.conversationId);
    }),
  ]);
}

/** In version 1 `replyTo` was the whole message, in the shape that the server gave it then. */
interface AnyEntry extends Omit<OutboxEntry, "replyTo"> {
  replyTo: { id: number; text?: string; sender_name?: string; sender?: { name?: string } | null } | null;
}

function entryOf(entry: AnyEntry): OutboxEntry {
  const { replyTo } = entry;
  return {
    ...entry,
    replyTo: replyTo && {
      id: replyTo.id,
      sender_name: replyTo.sender_name ?? replyTo.sender?.name ?? "",
      text: replyTo.text ?? "",
    },
  };
}

/** In version 1 there was no `before`. */
type AnyDraft = Pick<KeptDraft, "conversationId" | "text"> & {
  editing?: unknown;
  before?: { text: string } | null;
};

/**
 * The words alone: the messages beside them are in the server's older shape. Without its message a change of one
 * would be sent as a new one, so of that only what was begun before it stays.
 */
function draftOf({ conversationId, text, editing, before }: AnyDraft): KeptDraft | null {
  const words = editing ? before?.text : text;
  return words ? { ...EMPTY_DRAFT, conversationId, text: words } : null;
}
