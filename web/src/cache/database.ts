import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Conversation, Draft, Me, Message } from "../model/types";
import type { OutboxEntry } from "../store/state";
import { carryOver } from "./carryOver";

/**
 * Of the stores and of the shapes in them: a release reads only what one of the same version has written. Whoever
 * changes a shape raises it; `shapes.test.ts` says when.
 */
export const VERSION = 2;
const PREFIX = "classbridge-chat";

export interface KeptDraft extends Draft {
  conversationId: number;
}

export interface Lease {
  owner: string;
  until: number;
}

export interface ChatDatabase extends DBSchema {
  conversations: { key: number; value: Conversation };
  timelines: { key: number; value: { conversationId: number; messages: Message[] } };
  outbox: { key: string; value: OutboxEntry; indexes: { byConversation: number } };
  drafts: { key: number; value: KeptDraft };
  /** The person (`me`), the position (`rev`), and leases by their names. */
  meta: { key: string; value: Me | number | Lease };
}

export type Database = IDBPDatabase<ChatDatabase>;

/** One database for each bridge and person: what is another's is never even opened. */
export function databaseName(server: string, personId: number): string {
  return `${PREFIX}:${server}:${personId}`;
}

export function openDatabase(name: string, onGone: () => void): Promise<Database> {
  return openDB<ChatDatabase>(name, VERSION, {
    upgrade(db, version, _, tx) {
      // What the server has told can be asked for anew; in another shape it is worth nothing.
      for (const name of ["conversations", "timelines", "meta"] as const)
        if (db.objectStoreNames.contains(name)) db.deleteObjectStore(name);
      db.createObjectStore("conversations", { keyPath: "id" });
      db.createObjectStore("timelines", { keyPath: "conversationId" });
      db.createObjectStore("meta");
      if (version === 0) {
        db.createObjectStore("outbox", { keyPath: "clientId" }).createIndex(
          "byConversation",
          "conversationId",
        );
        db.createObjectStore("drafts", { keyPath: "conversationId" });
      } else {
        carryOver(tx.objectStore("outbox"), tx.objectStore("drafts")).catch((error: unknown) => {
          if (error instanceof DOMException) return; // the opening fails with it
          tx.abort();
          throw error;
        });
      }
    },
    blocking(_current, _blocked, event) {
      // Another window wants to delete it (sign-out) or has a newer version of the app.
      (event.target as IDBDatabase).close();
      onGone();
    },
    terminated: onGone,
  });
}

/**
 * Forget what other people have left in this browser for the same bridge; but what they have sent and nobody has taken
 * yet is nowhere else, and waits for them.
 */
export async function forgetOthers(server: string, personId: number): Promise<void> {
  if (!("databases" in indexedDB)) return;
  const mine = databaseName(server, personId);
  const all = await indexedDB.databases();
  const others = all.flatMap(({ name }) =>
    name?.startsWith(`${PREFIX}:${server}:`) && name !== mine ? [name] : [],
  );
  await Promise.all(others.map(forgetOther));
}

async function forgetOther(name: string): Promise<void> {
  const db = await openDB<ChatDatabase>(name); // in the version that it has
  const stores = [...db.objectStoreNames];
  const isWaitedFor = stores.includes("outbox") && (await db.count("outbox")) > 0;
  if (isWaitedFor) {
    const tx = db.transaction(stores, "readwrite");
    const told = stores.filter((store) => store !== "outbox");
    await Promise.all([...told.map((store) => tx.objectStore(store).clear()), tx.done]);
  }
  db.close();
  if (!isWaitedFor) await deleteDB(name);
}
