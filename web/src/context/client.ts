import type { QueryClient } from "@tanstack/react-query";
import type { Frame } from "../model/frames";
import type { Message, OutgoingDraft, Settings } from "../model/types";
import type { ChatService } from "../services/chatService";
import type { ChatStore } from "../store/store";

/** All that the hooks need. The real one talks to a bridge; `testing/fakeClient` to nobody. */
export interface ChatClient {
  readonly store: ChatStore;
  readonly api: ChatService;
  /** @internal of the query library that the package brings along */
  readonly queries: QueryClient;
  readonly lists: ListActions;
  readonly timelines: TimelineActions;
  readonly outbox: OutboxActions;
  readonly typing: { notify(conversationId: number, isTyping: boolean): void };
  readonly uploads: UploadActions;
  readonly connection: ConnectionActions;
  readonly notifications: NotificationActions;
  readonly conversations: ConversationActions;
  /** Connect; a second call does nothing. */
  start(): void;
  /** Disconnect and write what is not written yet. The client can be started again. */
  stop(): void;
  /** Disconnect and forget all that is kept of this person in this browser, in its other windows too. */
  signOut(): Promise<void>;
  /** Told when nobody is signed in any more: the token is refused, somebody else's, or another window has signed out. */
  onSignedOut(listener: () => void): () => void;
}

export interface ConnectionActions {
  /** Do not wait for the next attempt; where the session was over, ask for a token once more. */
  retryNow(): void;
  /** Told each frame of the socket, after the state has taken it. Gives what ends the telling. */
  subscribe(listener: (frame: Frame) => void): () => void;
}

export interface ListActions {
  load(key: string): void;
  loadMore(key: string): void;
}

export interface TimelineActions {
  /** Make a conversation the open one (null: none), at its first unread message, its end, or at a message. */
  open(conversationId: number | null, atMessageId?: number): void;
  /** Load the window of a conversation if it is not there. */
  ensure(conversationId: number): void;
  retry(conversationId: number): void;
  loadOlder(conversationId: number): void;
  loadNewer(conversationId: number): void;
  jumpToLatest(conversationId: number): void;
  jumpTo(conversationId: number, messageId: number): Promise<void>;
  /** The reader has seen all up to this message, at the end of what is on screen. */
  seen(conversationId: number, messageId: number): void;
}

export interface OutboxActions {
  /** False: nobody is here to send it, so it was not taken. What is taken is kept until it is sent. */
  send(conversationId: number, draft: OutgoingDraft): boolean;
  /** Rejects where the server must be asked, and does not do it. */
  retry(clientId: string): Promise<void>;
  /** Rejects where the server must be asked, and does not do it. */
  discard(clientId: string): Promise<void>;
}

export interface UploadActions {
  add(conversationId: number, files: readonly File[]): void;
  remove(conversationId: number, id: string): void;
  clear(conversationId: number): void;
}

export interface ConversationActions {
  updateSettings(patch: Partial<Settings>): Promise<void>;
  edit(messageId: number, text: string): Promise<void>;
  remove(messageId: number): Promise<void>;
  rename(id: number, name: string): Promise<void>;
  setMuted(id: number, isMuted: boolean): Promise<void>;
  clear(id: number): Promise<void>;
  block(id: number, until: string | null): Promise<void>;
  unblock(id: number): Promise<void>;
  leaveOrArchive(id: number): Promise<void>;
  createDirect(userId: number): Promise<number>;
  createGroup(name: string, userIds: number[]): Promise<number>;
  addParticipants(id: number, userIds: number[]): Promise<void>;
  removeParticipant(id: number, userId: number): Promise<void>;
}

interface NoticeBase {
  key: string;
  /** False: another window rings, these are quiet hours, or the conversation is muted. */
  isLoud?: boolean;
}

/** What deserves to be told. `summary`: several at once, after an absence. */
export type Notice =
  | (NoticeBase & {
      kind: "message";
      conversationId: number;
      title: string;
      message: Message;
      isMention: boolean;
    })
  | (NoticeBase & { kind: "summary"; messages: number; conversations: number; lastConversationId: number });

export interface NotificationActions {
  /** Notices for toasts, as they come. */
  subscribe(listener: (notice: Notice) => void): () => void;
  requestDesktop(): Promise<NotificationPermission>;
  desktopPermission(): NotificationPermission | "unsupported";
  /** Told when the permission changes. */
  subscribePermission(listener: () => void): () => void;
}
