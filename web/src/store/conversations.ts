/** Conversations by id: the newer one by `rev` wins; what I have just read does not become unread again. */

import type { Conversation, Page } from "../model/types";
import { isSame } from "./messages";
import { personsOf, withPresence } from "./presence";
import { type ChatState, EMPTY_LIST, EMPTY_TIMELINE, isSearchKey, type ListState } from "./state";
import { enlist, unlist } from "./unlisted";

const MOST_SEARCHES = 10;

export function putConversations(state: ChatState, incoming: readonly Conversation[]): ChatState {
  let changed: Record<number, Conversation> | null = null;
  for (const one of incoming) {
    const before = state.conversations[one.id];
    const after = before && before.rev > one.rev ? before : withMyReads(state, one);
    if (before && (before === after || isSame(before, after))) continue;
    changed ??= { ...state.conversations };
    changed[one.id] = after;
  }
  const next = changed ? { ...state, conversations: changed } : state;
  return incoming.reduce(emptyTimelineOf, withPresence(next, personsOf(incoming)));
}

/** Of a list or of `sync`, which bring only what stands in the list. */
export function putListed(state: ChatState, incoming: readonly Conversation[]): ChatState {
  return enlist(
    putConversations(state, incoming),
    incoming.map((one) => one.id),
  );
}

/** Asked for by itself. One that was not known stays out of the list until that brings it. */
export function putAsked(state: ChatState, conversation: Conversation): ChatState {
  const isKnown = conversation.id in state.conversations;
  return putConversations(isKnown ? state : unlist(state, [conversation.id]), [conversation]);
}

/** What I have read here is told to the server later than the views know it. */
function withMyReads(state: ChatState, conversation: Conversation): Conversation {
  const read = state.myReads[conversation.id] ?? 0;
  const last = conversation.last_message;
  if (conversation.unread_count === 0 || last === null || last.id > read) return conversation;
  return { ...conversation, unread_count: 0, mention_count: 0 };
}

/** A conversation without a last message was cleared: its loaded messages are hidden, too. */
function emptyTimelineOf(state: ChatState, conversation: Conversation): ChatState {
  const timeline = state.timelines[conversation.id];
  const known = state.conversations[conversation.id];
  if (!timeline || timeline.messages.length === 0 || known?.last_message !== null) return state;
  const empty = { ...EMPTY_TIMELINE, status: "ready" as const };
  return { ...state, timelines: { ...state.timelines, [conversation.id]: empty } };
}

export function changeConversation(
  state: ChatState,
  id: number,
  change: (conversation: Conversation) => Conversation,
): ChatState {
  const before = state.conversations[id];
  if (!before) return state;
  const after = change(before);
  return after === before ? state : { ...state, conversations: { ...state.conversations, [id]: after } };
}

/** It is gone for me: from the list, with its messages and its draft; what was to be sent there stays in the outbox. */
export function removeConversations(state: ChatState, ids: readonly number[]): ChatState {
  if (!ids.some((id) => id in state.conversations || id in state.timelines || state.activeId === id))
    return state;
  const without = <Value>(record: Readonly<Record<number, Value>>) => {
    const copy: Record<number, Value> = { ...record };
    for (const id of ids) delete copy[id];
    return copy;
  };
  return {
    ...state,
    conversations: without(state.conversations),
    timelines: without(state.timelines),
    typing: without(state.typing),
    drafts: without(state.drafts),
    unlisted: enlist(state, ids).unlisted,
    activeId: state.activeId !== null && ids.includes(state.activeId) ? null : state.activeId,
  };
}

/** Load all lists anew: only what `page`, the first of all conversations, says is certain. */
export function resetConversations(state: ChatState, page: Page<Conversation>, key: string): ChatState {
  const kept = Object.fromEntries(page.results.map((c) => [c.id, c]));
  const active = state.activeId === null ? undefined : state.conversations[state.activeId];
  const conversations = { ...(active ? { [active.id]: active } : {}), ...kept };
  const unlisted = new Set(active && !(active.id in kept) ? [active.id] : []);
  const lists = { [key]: listAfter(EMPTY_LIST, page, 1, false) };
  return putConversations({ ...state, conversations, unlisted, lists, isStale: false }, page.results);
}

export function beginList(state: ChatState, key: string): ChatState {
  const list = state.lists[key] ?? EMPTY_LIST;
  return setList(state, key, { ...list, isLoading: true, error: null });
}

export function failList(state: ChatState, key: string, error: unknown): ChatState {
  const list = state.lists[key] ?? EMPTY_LIST;
  return setList(state, key, { ...list, isLoading: false, error });
}

/** A page of a list has come. `isSearch`: remember what the server found. */
export function addPage(
  state: ChatState,
  key: string,
  page: Page<Conversation>,
  number: number,
  isSearch: boolean,
): ChatState {
  const list = state.lists[key] ?? EMPTY_LIST;
  const next = setList(state, key, listAfter(list, page, number, isSearch));
  return putListed(next, page.results);
}

function listAfter(list: ListState, page: Page<Conversation>, number: number, isSearch: boolean): ListState {
  return {
    nextPage: page.next === null ? null : number + 1,
    isLoading: false,
    error: null,
    found: isSearch ? new Set([...list.found, ...page.results.map((c) => c.id)]) : list.found,
  };
}

/** The last one is the last in the record; of searches only the last ones are kept, each letter typed is one. */
function setList(state: ChatState, key: string, list: ListState): ChatState {
  const { [key]: _, ...others } = state.lists;
  const lists = { ...others, [key]: list };
  const searches = Object.keys(lists).filter(isSearchKey);
  for (const old of searches.slice(0, -MOST_SEARCHES)) delete lists[old];
  return { ...state, lists };
}
