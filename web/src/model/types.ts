/**
 * The shapes of the web API, as `shared/spec/api.md` has them. `types.check.ts` holds them to the schema that the
 * bridge generates: a difference does not compile.
 */

export type Role = "teacher" | "student" | "admin";
export type MessageType = "TEXT" | "IMAGE" | "FILE" | "VOICE" | "SYSTEM";
export type MessageStatus = "pending" | "sent" | "read" | "failed";
export type Language = "ru" | "en";

/** A person of the school; `id` is the panel's own. */
export interface User {
  id: number;
  name: string;
  first_name: string;
  last_name: string;
  role: Role;
  avatar_color: string;
  is_online: boolean;
  last_seen: string | null;
}

/** `text` is plain and has at most 50 characters, then `…`. */
export interface LastMessage {
  id: number;
  text: string;
  message_type: MessageType;
  sender_id: number | null;
  sender_name: string;
  timestamp: string;
  is_read: boolean;
}

/** A conversation as I see it. `is_managed`: its members follow the roster. */
export interface Conversation {
  id: number;
  type: "DIRECT" | "GROUP";
  is_group: boolean;
  name: string;
  participant: User | null;
  participants_count: number;
  can_write: boolean;
  cannot_write_reason: string | null;
  can_manage: boolean;
  is_managed: boolean;
  is_archived: boolean;
  is_muted: boolean;
  /** I have stopped the other person of this direct conversation from writing. */
  is_blocked: boolean;
  last_message: LastMessage | null;
  unread_count: number;
  mention_count: number;
  updated_at: string;
  room_id: string | null;
  rev: number;
}

export interface ChatFile {
  file_id: string;
  file_url: string;
  file_name: string;
  file_size: number | null;
  mime_type: string;
  thumbnail_url: string | null;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  waveform: number[] | null;
}

export interface Reply {
  id: number;
  sender_name: string;
  text: string;
}

export interface Forwarded {
  conversation_id: number;
  sender_name: string | null;
}

export interface Reaction {
  key: string;
  count: number;
  mine: boolean;
  users: number[];
}

/** `is_read`: of my message, somebody has read it; of another's, I have. */
export interface Message {
  id: number;
  conversation_id: number;
  sender: User | null;
  message_type: MessageType;
  text: string;
  file: ChatFile | null;
  created_at: string;
  edited_at: string | null;
  is_deleted: boolean;
  is_read: boolean;
  read_count: number;
  status: MessageStatus;
  error: string | null;
  reply_to: Reply | null;
  forwarded_from: Forwarded | null;
  reactions: Reaction[];
  mentions: number[];
  is_pinned: boolean;
  client_id: string | null;
  event_id: string | null;
  rev: number;
}

/** Somebody to whom I may write; `conversation_id` is null before the first word. */
export interface Contact extends User {
  conversation_id: number | null;
}

export interface Participant extends User {
  is_manager: boolean;
  last_read_message_id: number | null;
}

export interface QuietHours {
  from: string;
  to: string;
}

export interface Settings {
  sound: boolean;
  desktop: boolean;
  language: Language;
  quiet_hours: QuietHours | null;
}

export interface Permissions {
  can_create_groups: boolean;
  can_block: boolean;
  can_message_students: boolean;
  edit_window_s: number;
}

export interface Me extends User {
  settings: Settings;
  unread_total: number;
  permissions: Permissions;
  matrix: { mxid: string; homeserver: string; client: string | null };
}

/** A DRF page. */
export interface Page<Item> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Item[];
}

export interface SyncAnswer {
  rev: number;
  conversations: Conversation[];
  messages: Message[];
  removed_conversation_ids: number[];
  reset: boolean;
}

export type Filter = "all" | "unread" | "groups";

/** A message in a timeline: the server's, or one that is still in the outbox (`localId`; its `id` is negative). */
export type TimelineMessage = Message & { localId?: string; uploadProgress?: number | null };

export type TimelineEntry =
  | { kind: "date"; key: string /** ISO date, local */; day: string }
  | { kind: "unread"; key: string }
  | {
      kind: "message";
      key: string;
      message: TimelineMessage;
      isMine: boolean;
      isFirstOfGroup: boolean;
      isLastOfGroup: boolean;
    };

export type FileFault =
  | { code: "file_type" | "file_empty" | "compress"; name: string }
  | { code: "file_too_large"; name: string; limit: number };

export type FileKind = "image" | "document" | "voice";

/** A file chosen in the composer: checked, and compressed where it is a large picture. */
export interface PreparedFile {
  id: string;
  name: string;
  size: number;
  kind: FileKind;
  previewUrl: string | null;
  /** Such a file cannot be sent. */
  error: FileFault | null;
  file: Blob;
  isCompressing: boolean;
}

export interface OutgoingDraft {
  text: string;
  mentions: number[];
  replyTo: Message | null;
  files: PreparedFile[];
}

/** A person who was chosen after an `@`: of two with the same name, this one. */
export interface Mention {
  id: number;
  name: string;
  /** Where its `@` stands in the text. */
  start: number;
}

/** What was begun in the field. */
export interface Words {
  text: string;
  mentions: readonly Mention[];
  replyTo: Message | null;
}

export interface Draft extends Words {
  editing: Message | null;
  /** What stood in the field before the message that is being changed; null: nothing. */
  before: Words | null;
}

/** `signed_out`: nobody is signed in any more; there is no further attempt before somebody asks for one. */
export type ConnectionState = "connecting" | "online" | "catching_up" | "offline" | "signed_out";
