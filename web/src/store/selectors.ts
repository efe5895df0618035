import { matches } from "../model/text";
import type { Conversation, Filter, User } from "../model/types";
import { wordsOf } from "./drafts";
import type { ChatState } from "./state";

type Conversations = ChatState["conversations"];

const sorted = new WeakMap<Conversations, Conversation[]>();
let last: Conversation[] = [];

/** All conversations, last activity first. Sorted once for each change, from the order before: nearly sorted. */
export function sortedConversations(conversations: Conversations): Conversation[] {
  const known = sorted.get(conversations);
  if (known) return known;
  const before = last.map((c) => conversations[c.id]).filter((c): c is Conversation => c !== undefined);
  const seen = new Set(before.map((c) => c.id));
  const added = Object.values(conversations).filter((c) => !seen.has(c.id));
  const items = [...added, ...before].sort(byActivity);
  sorted.set(conversations, items);
  last = items;
  return items;
}

function byActivity(a: Conversation, b: Conversation): number {
  return activityOf(b).localeCompare(activityOf(a)) || b.id - a.id;
}

function activityOf(conversation: Conversation): string {
  return conversation.updated_at;
}

/**
 * Those that a filter and a search leave. `found`: the server says that these match. `stays`: the unread one that is
 * being read stays where it was.
 */
export function selectConversations(
  conversations: Conversations,
  filter: Filter,
  search: string,
  found: ReadonlySet<number>,
  stays: number | null = null,
): Conversation[] {
  const isSearching = search.trim() !== "";
  return sortedConversations(conversations).filter((c) => {
    if (filter === "unread" && c.unread_count === 0 && c.id !== stays) return false;
    if (filter === "groups" && !c.is_group) return false;
    return !isSearching || found.has(c.id) || matches(c.name, search);
  });
}

const texts = new WeakMap<ChatState["drafts"], Record<number, string>>();

export function selectDraftTexts(state: ChatState): Record<number, string> {
  let known = texts.get(state.drafts);
  if (!known) {
    const begun = Object.entries(state.drafts).map(
      ([id, draft]) => [id, wordsOf(draft)?.text ?? ""] as const,
    );
    known = Object.fromEntries(begun.filter(([, text]) => text.trim() !== ""));
    texts.set(state.drafts, known);
  }
  return known;
}

const totals = new WeakMap<Conversations, number>();

/** Unread messages of all conversations that are not muted. */
export function selectUnreadTotal(state: ChatState): number {
  let total = totals.get(state.conversations);
  if (total === undefined) {
    total = 0;
    for (const c of Object.values(state.conversations))
      total += c.is_muted ? c.mention_count : c.unread_count;
    totals.set(state.conversations, total);
  }
  return total;
}

/** How many messages of others wait below: the server's count, which falls as I read. */
export function selectUnreadBelow(state: ChatState, conversationId: number): number {
  return state.conversations[conversationId]?.unread_count ?? 0;
}

/** A person as a conversation knows them: its other half, or the sender of one of its loaded messages. */
export function selectUser(state: ChatState, conversationId: number, userId: number): User | undefined {
  const other = state.conversations[conversationId]?.participant;
  if (other?.id === userId) return other;
  const messages = state.timelines[conversationId]?.messages ?? [];
  return messages.findLast((message) => message.sender?.id === userId)?.sender ?? undefined;
}
