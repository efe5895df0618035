/** All that the views show of conversations: one state, changed by pure functions only. */

import type {
  ConnectionState,
  Conversation,
  Draft,
  Filter,
  Me,
  Message,
  PreparedFile,
  Reply,
} from "../model/types";

/** A contiguous window of a conversation's messages, ascending by id. */
export interface Timeline {
  messages: readonly Message[];
  status: "loading" | "ready" | "error";
  error: unknown;
  /** From the cache, not yet confirmed by the server. */
  isStale: boolean;
  hasOlder: boolean;
  hasNewer: boolean;
  isLoadingOlder: boolean;
  isLoadingNewer: boolean;
  /** Where the divider stands: frozen when the conversation is opened. */
  firstUnreadId: number | null;
  highlightedId: number | null;
  /** Updates of messages that are not in the window: a page on its way may be older than they are. */
  overtaking: readonly Message[];
}

/** What a list (by filter and search) knows of its pages on the server. */
export interface ListState {
  nextPage: number | null;
  isLoading: boolean;
  error: unknown;
  /** Ids that the server found for a search; it may know better than our own comparison. */
  found: ReadonlySet<number>;
}

export interface PresenceState {
  isOnline: boolean;
  lastSeen: string | null;
}

export interface TypingState {
  userId: number;
  name: string;
  /** Ends by itself then (ms). */
  until: number;
}

export type OutboxStatus = "waiting" | "failed";

/** A message on its way out, as it is kept in IndexedDB. */
export interface OutboxEntry {
  clientId: string;
  /** Grows: the order of sending. */
  seq: number;
  personId: number;
  conversationId: number;
  text: string;
  mentions: number[];
  replyTo: Reply | null;
  createdAt: string;
  status: OutboxStatus;
  /** Code and sentence of the refusal. */
  error: { code: string; detail: string } | null;
  file: OutboxFile | null;
}

export interface OutboxFile {
  name: string;
  size: number;
  mimeType: string;
  blob: Blob;
  /** Remembered after the upload: a retry does not upload again. */
  fileId: string | null;
}

export interface ConnectionInfo {
  state: ConnectionState;
  /** When the next attempt begins (ms), where one is planned. */
  retryAt: number | null;
}

export interface ChatState {
  me: Me | null;
  conversations: Readonly<Record<number, Conversation>>;
  /** Those that do not stand in the list: see `unlisted.ts`. */
  unlisted: ReadonlySet<number>;
  /** The conversations came from the cache and were not confirmed yet. */
  isStale: boolean;
  lists: Readonly<Record<string, ListState>>;
  timelines: Readonly<Record<number, Timeline>>;
  /** How far others have read, as far as frames have told: conversation → person → message. */
  readers: Readonly<Record<number, Readonly<Record<number, number>>>>;
  /** How far I have read, told to the server or about to be: conversation → message. */
  myReads: Readonly<Record<number, number>>;
  presence: Readonly<Record<number, PresenceState>>;
  typing: Readonly<Record<number, readonly TypingState[]>>;
  outbox: Readonly<Record<number, readonly OutboxEntry[]>>;
  /** Of files that are being uploaded: client id → part (0 to 1). */
  progress: Readonly<Record<string, number>>;
  drafts: Readonly<Record<number, Draft>>;
  uploads: Readonly<Record<number, readonly PreparedFile[]>>;
  connection: ConnectionInfo;
  activeId: number | null;
  /** All up to this `rev` was seen: where `sync` begins. */
  rev: number | null;
}

export const EMPTY_DRAFT: Draft = { text: "", mentions: [], replyTo: null, editing: null, before: null };

export const EMPTY_TIMELINE: Timeline = {
  messages: [],
  status: "loading",
  error: null,
  isStale: false,
  hasOlder: false,
  hasNewer: false,
  isLoadingOlder: false,
  isLoadingNewer: false,
  firstUnreadId: null,
  highlightedId: null,
  overtaking: [],
};

export const EMPTY_LIST: ListState = { nextPage: 1, isLoading: false, error: null, found: new Set() };

export const EMPTY_STATE: ChatState = {
  me: null,
  conversations: {},
  unlisted: new Set(),
  isStale: false,
  lists: {},
  timelines: {},
  readers: {},
  myReads: {},
  presence: {},
  typing: {},
  outbox: {},
  progress: {},
  drafts: {},
  uploads: {},
  connection: { state: "connecting", retryAt: null },
  activeId: null,
  rev: null,
};

export function listKey(filter: Filter, search: string): string {
  return `${filter}\n${search.trim().toLocaleLowerCase()}`;
}

/** Whether a key of `listKey` is of a search. */
export function isSearchKey(key: string): boolean {
  return !key.endsWith("\n");
}
