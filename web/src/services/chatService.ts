import type {
  ChatFile,
  Contact,
  Conversation,
  Filter,
  Me,
  Message,
  Page,
  Participant,
  Role,
  Settings,
  SyncAnswer,
} from "../model/types";
import type { Http, Query } from "./http";

export interface MessageWindow {
  before?: number;
  after?: number;
  around?: number;
  limit?: number;
}

export interface NewMessage {
  conversation_id: number;
  text: string;
  file_id: string | null;
  reply_to: number | null;
  mentions: number[];
  client_id: string;
}

/** The REST calls, one method each. */
export interface ChatService {
  getMe(): Promise<Me>;
  patchSettings(settings: Partial<Settings>): Promise<Me>;
  getContacts(query: { search?: string; role?: Role; page?: number }): Promise<Page<Contact>>;
  getConversations(query: {
    filter?: Filter;
    search?: string;
    page?: number;
    page_size?: number;
  }): Promise<Page<Conversation>>;
  getConversation(id: number): Promise<Conversation>;
  createDirect(userId: number): Promise<Conversation>;
  createGroup(name: string, participants: number[]): Promise<Conversation>;
  rename(id: number, name: string): Promise<Conversation>;
  setMuted(id: number, isMuted: boolean): Promise<Conversation>;
  leaveOrArchive(id: number): Promise<void>;
  getParticipants(id: number, page?: number): Promise<Page<Participant>>;
  addParticipants(id: number, userIds: number[]): Promise<Conversation>;
  removeParticipant(id: number, userId: number): Promise<Conversation>;
  clear(id: number): Promise<void>;
  block(id: number, until: string | null): Promise<Conversation>;
  unblock(id: number): Promise<Conversation>;
  getMessages(conversationId: number, window: MessageWindow): Promise<Page<Message>>;
  sendMessage(message: NewMessage): Promise<Message>;
  editMessage(id: number, text: string): Promise<Message>;
  deleteMessage(id: number): Promise<void>;
  markRead(messageId: number): Promise<{ status: "ok"; unread_count: number }>;
  sync(since: number | null): Promise<SyncAnswer>;
  getTicket(): Promise<{ ticket: string; expires_in: number }>;
}

export type UploadFile = (
  file: Blob,
  name: string,
  onProgress: (part: number) => void,
  signal: AbortSignal,
) => Promise<ChatFile>;

/** The bytes behind a `file_url`; its signature lets them be had without a token. */
export type DownloadFile = (url: string) => Promise<Blob>;

export function createChatService(http: Pick<Http, "request">): ChatService {
  const get = <T>(path: string, query?: Query) => http.request<T>("GET", path, { query });
  const post = <T>(path: string, body: unknown = {}) => http.request<T>("POST", path, { body });
  const patch = <T>(path: string, body: unknown = {}) => http.request<T>("PATCH", path, { body });
  const remove = <T>(path: string, query?: Query) => http.request<T>("DELETE", path, { query });
  return {
    getMe: () => get("me/"),
    patchSettings: (settings) => patch("me/", { settings }),
    getContacts: (query) => get("contacts/", query),
    getConversations: (query) => get("conversations/", query),
    getConversation: (id) => get(`conversations/${id}/`),
    createDirect: (participant) => post("conversations/", { participant }),
    createGroup: (name, participants) => post("conversations/group/", { name, participants }),
    rename: (id, name) => patch(`conversations/${id}/`, { name }),
    setMuted: (id, isMuted) => patch(`conversations/${id}/`, { is_muted: isMuted }),
    leaveOrArchive: (id) => remove(`conversations/${id}/`),
    getParticipants: (id, page = 1) => get(`conversations/${id}/participants/`, { page, page_size: 200 }),
    addParticipants: (id, user_ids) => post(`conversations/${id}/add_participant/`, { user_ids }),
    removeParticipant: (id, user_id) => remove(`conversations/${id}/remove_participant/`, { user_id }),
    clear: (id) => post(`conversations/${id}/clear/`),
    block: (id, until) => post(`conversations/${id}/block/`, { until }),
    unblock: (id) => remove(`conversations/${id}/block/`),
    getMessages: (conversation_id, window) => get("messages/", { conversation_id, ...window }),
    sendMessage: (message) => post("messages/", message),
    editMessage: (id, text) => patch(`messages/${id}/`, { text }),
    deleteMessage: (id) => remove(`messages/${id}/`),
    markRead: (id) => patch(`messages/${id}/read/`),
    sync: (since) => get("sync/", { since }),
    getTicket: () => post("ws-ticket/"),
  };
}
