import type { PresenceChanged } from "../model/frames";
import type { Conversation, User } from "../model/types";
import type { ChatState, PresenceState } from "./state";

export function personsOf(conversations: readonly Conversation[]): User[] {
  return conversations.flatMap((conversation) => conversation.participant ?? []);
}

/** What an answer says of people's presence. */
export function withPresence(state: ChatState, people: readonly User[]): ChatState {
  let changed: Record<number, PresenceState> | null = null;
  for (const one of people) {
    const before = state.presence[one.id];
    if (before?.isOnline === one.is_online && before.lastSeen === one.last_seen) continue;
    changed ??= { ...state.presence };
    changed[one.id] = { isOnline: one.is_online, lastSeen: one.last_seen };
  }
  return changed ? { ...state, presence: changed } : state;
}

/** Somebody came or went: in the table of presence, and in the direct conversation with that person. */
export function presenceChanged(state: ChatState, frame: PresenceChanged): ChatState {
  const { user_id: id, is_online, last_seen } = frame;
  const next = {
    ...state,
    presence: { ...state.presence, [id]: { isOnline: is_online, lastSeen: last_seen } },
  };
  const direct = Object.values(state.conversations).find((one) => one.participant?.id === id);
  if (!direct?.participant) return next;
  const participant = { ...direct.participant, is_online, last_seen };
  return { ...next, conversations: { ...state.conversations, [direct.id]: { ...direct, participant } } };
}

/** What the cache says of presence is old: nobody is online until the server says so. */
export function asOffline(conversation: Conversation): Conversation {
  const { participant } = conversation;
  return participant?.is_online
    ? { ...conversation, participant: { ...participant, is_online: false } }
    : conversation;
}
