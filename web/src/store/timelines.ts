/** Windows of messages: opened, filled, moved. */

import type { Message, Page } from "../model/types";
import { withKnown } from "./known";
import { joinMessages } from "./messages";
import { type ChatState, EMPTY_TIMELINE, type Timeline } from "./state";

/** So many messages of a conversation that is not open stay in memory. */
export const KEPT = 200;

export function changeTimeline(
  state: ChatState,
  id: number,
  change: (timeline: Timeline) => Timeline,
): ChatState {
  const before = state.timelines[id];
  if (!before) return state;
  const after = change(before);
  return after === before ? state : { ...state, timelines: { ...state.timelines, [id]: after } };
}

export function setTimeline(state: ChatState, id: number, timeline: Timeline): ChatState {
  return { ...state, timelines: { ...state.timelines, [id]: timeline } };
}

/** Make a conversation the open one. What was open is cut to its end. */
export function openConversation(state: ChatState, id: number | null): ChatState {
  if (state.activeId === id) return state;
  const next = state.activeId === null ? state : changeTimeline(state, state.activeId, close);
  return { ...next, activeId: id };
}

function close(timeline: Timeline): Timeline {
  const closed = { ...timeline, firstUnreadId: null, highlightedId: null };
  if (timeline.hasNewer) return { ...EMPTY_TIMELINE };
  if (timeline.messages.length <= KEPT) return closed;
  return { ...closed, messages: timeline.messages.slice(-KEPT), hasOlder: true };
}

/** From the cache, to be seen until the server answers. */
export function showCached(state: ChatState, id: number, messages: readonly Message[]): ChatState {
  const before = state.timelines[id];
  if (messages.length === 0 || (before && before.messages.length > 0)) return state;
  const firstUnreadId = before?.firstUnreadId ?? null;
  const cached = { ...EMPTY_TIMELINE, messages, status: "ready" as const, isStale: true, firstUnreadId };
  return setTimeline(state, id, cached);
}

/**
 * A page is the window now. What frames have brought meanwhile and is newer than the page stays; what is older than
 * the page and not next to it goes: between them something may be missing.
 */
export function replaceWindow(state: ChatState, id: number, page: Page<Message>): ChatState {
  const before = state.timelines[id] ?? EMPTY_TIMELINE;
  const results = withKnown(state, id, page.results);
  const hasNewer = page.previous !== null;
  const [first, last] = [results[0]?.id ?? 0, results.at(-1)?.id ?? 0];
  const inside = before.messages.filter(
    (m) => m.id >= first && (m.id <= last || (!hasNewer && !before.isStale)),
  );
  const messages = joinMessages(inside, results);
  return setTimeline(state, id, {
    ...before,
    messages: messages.length === 0 ? results : messages,
    status: "ready",
    error: null,
    isStale: false,
    hasOlder: page.next !== null,
    hasNewer,
    isLoadingOlder: false,
    isLoadingNewer: false,
  });
}

export function addOlder(state: ChatState, id: number, page: Page<Message>): ChatState {
  return changeTimeline(state, id, (timeline) => ({
    ...timeline,
    messages: joinMessages(timeline.messages, withKnown(state, id, page.results)),
    hasOlder: page.next !== null,
    isLoadingOlder: false,
  }));
}

export function addNewer(state: ChatState, id: number, page: Page<Message>): ChatState {
  return changeTimeline(state, id, (timeline) => ({
    ...timeline,
    messages: joinMessages(timeline.messages, withKnown(state, id, page.results)),
    hasNewer: page.previous !== null,
    isLoadingNewer: false,
  }));
}

/** Forget all windows but the open one, which is marked as old: after too long an absence. */
export function forgetTimelines(state: ChatState): ChatState {
  const { activeId } = state;
  const active = activeId === null ? undefined : state.timelines[activeId];
  const kept = activeId !== null && active ? { [activeId]: { ...active, isStale: true } } : {};
  return { ...state, timelines: kept };
}
