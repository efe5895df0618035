/** People, conversations and messages of a small school, for tests and stories. */

import type { ChatFile, Conversation, Draft, Me, Message, Participant, User } from "../model/types";
import { EMPTY_DRAFT, type OutboxEntry } from "../store/state";

/** The moment at which all fixtures play. */
export const NOW = "2025-11-14T10:30:00.000Z";

let last = 1000;
const nextId = () => {
  last += 1;
  return last;
};

export function minutesBefore(minutes: number, from = NOW): string {
  return new Date(Date.parse(from) - minutes * 60_000).toISOString();
}

export function makeUser(part: Partial<User> = {}): User {
  const first_name = part.first_name ?? "Иван";
  const last_name = part.last_name ?? "Иванов";
  return {
    id: nextId(),
    name: `${first_name} ${last_name}`,
    first_name,
    last_name,
    role: "student",
    avatar_color: "#1d4ed8",
    is_online: false,
    last_seen: minutesBefore(5),
    ...part,
  };
}

export const TEACHER = makeUser({
  id: 1,
  first_name: "Анна",
  last_name: "Петрова",
  role: "teacher",
  avatar_color: "#15803d",
  is_online: true,
});
export const STUDENT = makeUser({ id: 5, is_online: true });
export const CLASSMATE = makeUser({
  id: 6,
  first_name: "Алёна",
  last_name: "Ёлкина",
  avatar_color: "#be123c",
});

export function makeMe(part: Partial<Me> = {}): Me {
  return {
    ...TEACHER,
    settings: { sound: true, desktop: false, language: "ru", quiet_hours: null },
    unread_total: 0,
    permissions: {
      can_create_groups: true,
      can_block: true,
      can_message_students: true,
      edit_window_s: 86_400,
    },
    matrix: { mxid: "@school_1:school.test", homeserver: "https://matrix.school.test", client: null },
    ...part,
  };
}

/** Direct with `participant` unless `is_group`. */
export function makeConversation(part: Partial<Conversation> = {}): Conversation {
  const id = part.id ?? nextId();
  const isGroup = part.is_group ?? part.type === "GROUP";
  const participant = isGroup ? null : (part.participant ?? STUDENT);
  return {
    id,
    type: isGroup ? "GROUP" : "DIRECT",
    is_group: isGroup,
    name: participant?.name ?? "Математика 9 класс",
    participant,
    participants_count: isGroup ? 8 : 2,
    can_write: true,
    cannot_write_reason: null,
    can_manage: isGroup,
    is_managed: false,
    is_archived: false,
    is_muted: false,
    is_blocked: false,
    last_message: {
      id: 90,
      text: "Спасибо за объяснение!",
      message_type: "TEXT",
      sender_id: STUDENT.id,
      sender_name: STUDENT.name,
      timestamp: minutesBefore(5),
      is_read: true,
    },
    unread_count: 0,
    mention_count: 0,
    updated_at: minutesBefore(5),
    room_id: `!room${id}:school.test`,
    rev: 1,
    ...part,
  };
}

export function makeMessage(part: Partial<Message> = {}): Message {
  const id = part.id ?? nextId();
  return {
    id,
    conversation_id: 1,
    sender: STUDENT,
    message_type: part.file ? (part.file.mime_type.startsWith("image/") ? "IMAGE" : "FILE") : "TEXT",
    text: part.file ? "" : "Спасибо за объяснение!",
    file: null,
    created_at: minutesBefore(5),
    edited_at: null,
    is_deleted: false,
    is_read: false,
    read_count: 0,
    status: "sent",
    error: null,
    reply_to: null,
    forwarded_from: null,
    reactions: [],
    mentions: [],
    is_pinned: false,
    client_id: null,
    event_id: `$event${id}`,
    rev: id,
    ...part,
  };
}

export function makeFile(part: Partial<ChatFile> = {}): ChatFile {
  return {
    file_id: "abc123",
    file_url: "http://school.test/api/chat/files/abc123/screenshot.jpg",
    file_name: "screenshot.jpg",
    file_size: 245_789,
    mime_type: "image/jpeg",
    thumbnail_url: "http://school.test/api/chat/files/abc123/screenshot.jpg?thumbnail=320",
    width: 800,
    height: 600,
    duration_ms: null,
    waveform: null,
    ...part,
  };
}

export function makeParticipant(part: Partial<Participant> = {}): Participant {
  return { ...makeUser(), is_manager: false, last_read_message_id: null, ...part };
}

export function makeDraft(part: Partial<Draft> = {}): Draft {
  return { ...EMPTY_DRAFT, ...part };
}

/** My message on its way out. */
export function makeEntry(part: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    clientId: "c1",
    seq: 1,
    personId: TEACHER.id,
    conversationId: 1,
    text: "Я опоздаю",
    mentions: [],
    replyTo: null,
    createdAt: NOW,
    status: "waiting",
    error: null,
    file: null,
    ...part,
  };
}
