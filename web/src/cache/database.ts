import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Conversation, Draft, Message } from "../model/types";
import type { OutboxEntry } from "../store/state";

const VERSION = 1;
const PREFIX = "classbridge-chat";

export interface ChatDatabase extends DBSchema {
  conversations: { key: number; value: Conversation };
  timelines: { key: number; value: { conversationId: number; messages: Message[] } };
  outbox: { key: string; value: OutboxEntry; indexes: { byConversation: number } };
  drafts: { key: number; value: Draft & { conversationId: number } };
  meta: { key: string; value: unknown };
}

export type Database = IDBPDatabase<ChatDatabase>;

/** One database for each bridge and person: what is another's is never even opened. */
export function databaseName(server: string, personId: number): string {
  return `${PREFIX}:${server}:${personId}`;
}

export function openDatabase(name: string, onGone: () => void): Promise<Database> {
  return openDB<ChatDatabase>(name, VERSION, {
    upgrade(db) {
      db.createObjectStore("conversations", { keyPath: "id" });
      db.createObjectStore("timelines", { keyPath: "conversationId" });
      db.createObjectStore("outbox", { keyPath: "clientId" }).createIndex("byConversation", "conversationId");
      db.createObjectStore("drafts", { keyPath: "conversationId" });
      db.createObjectStore("meta");
    },
    blocking(_current, _blocked, event) {
      // Another window wants to delete it (sign-out) or has a newer version of the app.
      (event.target as IDBDatabase).close();
      onGone();
    },
    terminated: onGone,
  });
}

/** Delete what other people have left in this browser for the same bridge. */
export async function deleteOthers(server: string, personId: number): Promise<void> {
  if (!("databases" in indexedDB)) return;
  const mine = databaseName(server, personId);
  const all = await indexedDB.databases();
  const others = all.flatMap(({ name }) =>
    name?.startsWith(`${PREFIX}:${server}:`) && name !== mine ? [name] : [],
  );
  await Promise.all(others.map((name) => deleteDB(name)));
}
