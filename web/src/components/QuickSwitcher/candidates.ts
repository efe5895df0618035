import { matches } from "../../model/text";
import type { Contact, Conversation, User } from "../../model/types";

/** Where one can go: a conversation, or a person to whom nothing was written yet. */
export type Candidate =
  | { kind: "conversation"; key: string; id: number; conversation: Conversation }
  | { kind: "contact"; key: string; id: number; person: User };

const MOST = 12;

/** Conversations first, the last used first and the archive last; then people without one. `current` is where one is already. */
export function candidates(
  conversations: readonly Conversation[],
  contacts: readonly Contact[],
  search: string,
  current: number | null,
): Candidate[] {
  const isSearching = search.trim() !== "";
  const open = conversations
    .filter((c) => (isSearching ? matches(c.name, search) : c.id !== current && !c.is_archived))
    .sort((a, b) => Number(a.is_archived) - Number(b.is_archived))
    .map((conversation): Candidate => {
      return { kind: "conversation", key: `c${conversation.id}`, id: conversation.id, conversation };
    });
  if (!isSearching) return open.slice(0, MOST);
  const known = new Set(conversations.map((c) => c.id));
  const people = contacts
    // Contacts of the last search stay until those of this one have come.
    .filter((one) => matches(one.name, search))
    .filter((one) => one.conversation_id === null || !known.has(one.conversation_id))
    .map((person): Candidate => ({ kind: "contact", key: `p${person.id}`, id: person.id, person }));
  return [...open, ...people].slice(0, MOST);
}
