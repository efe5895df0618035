import { useEffect, useMemo } from "react";
import { useChatClient } from "../context/ChatContext";
import { createTimelineBuilder } from "../model/timeline";
import type { TimelineEntry } from "../model/types";
import { isGone } from "../services/apiError";
import { selectUnreadBelow } from "../store/selectors";
import { EMPTY_TIMELINE, type OutboxEntry } from "../store/state";
import { useChatState } from "./useChatState";
import { useErrorText } from "./useErrorText";

export interface TimelineView {
  entries: TimelineEntry[];
  status: "loading" | "ready" | "error";
  error: string | null;
  /** The fault is that there is no such conversation, or not for me. */
  isGone: boolean;
  retry(): void;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  loadOlder(): void;
  hasNewer: boolean;
  loadNewer(): void;
  /** Where the divider stands; frozen at opening. */
  firstUnreadId: number | null;
  /** Messages of others that I have not seen yet. */
  unreadBelow: number;
  jumpToLatest(): void;
  jumpTo(messageId: number): Promise<void>;
  highlightedId: number | null;
  /** Call it with the last message on screen; it counts only while the window is visible and focused. */
  seen(messageId: number): void;
}

const NOTHING: readonly OutboxEntry[] = [];

/** The messages of a conversation, with days and the divider between them, and what is on its way at the end. */
export function useTimeline(conversationId: number): TimelineView {
  const { timelines } = useChatClient();
  const errorText = useErrorText();
  useEffect(() => timelines.ensure(conversationId), [timelines, conversationId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a builder remembers the entries of one conversation
  const build = useMemo(() => createTimelineBuilder(), [conversationId]);
  const timeline = useChatState((state) => state.timelines[conversationId]) ?? EMPTY_TIMELINE;
  const outbox = useChatState((state) => state.outbox[conversationId]) ?? NOTHING;
  const progress = useChatState((state) => state.progress);
  const me = useChatState((state) => state.me);
  const unreadBelow = useChatState((state) => selectUnreadBelow(state, conversationId));
  const { messages, firstUnreadId, hasNewer } = timeline;
  const entries = useMemo(
    () => build({ messages, outbox: hasNewer ? NOTHING : outbox, progress, me, firstUnreadId }),
    [build, messages, outbox, progress, me, firstUnreadId, hasNewer],
  );
  const actions = useMemo(
    () => ({
      retry: () => timelines.retry(conversationId),
      loadOlder: () => timelines.loadOlder(conversationId),
      loadNewer: () => timelines.loadNewer(conversationId),
      jumpToLatest: () => timelines.jumpToLatest(conversationId),
      jumpTo: (messageId: number) => timelines.jumpTo(conversationId, messageId),
      seen: (messageId: number) => timelines.seen(conversationId, messageId),
    }),
    [timelines, conversationId],
  );
  return {
    entries,
    status: timeline.status,
    error: timeline.error === null ? null : errorText(timeline.error),
    isGone: isGone(timeline.error),
    hasOlder: timeline.hasOlder,
    isLoadingOlder: timeline.isLoadingOlder,
    hasNewer,
    firstUnreadId,
    unreadBelow,
    highlightedId: timeline.highlightedId,
    ...actions,
  };
}
