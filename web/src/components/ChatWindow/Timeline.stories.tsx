import { useCallback, useMemo, useRef, useState } from "react";
import type { TimelineView } from "../../hooks/useTimeline";
import { createTimelineBuilder } from "../../model/timeline";
import type { Message } from "../../model/types";
import { makeMe, minutesBefore } from "../../testing";
import styles from "./stories.module.css";
import { manyMessages } from "./storyMessages";
import { Timeline } from "./Timeline";

export default { title: "Timeline" };

const ME = makeMe();
const NOBODY = new Map<number, string>();
const NO_ACTIONS = {
  run: () => {},
  retry: () => {},
  discard: () => {},
  jumpTo: () => {},
  openImage: () => {},
};
const NOTHING_ALLOWED = () => [];

/** A timeline of so many messages, with buttons that do what a server would. */
function Long({
  count,
  isEndless = false,
  hasMore = isEndless,
}: {
  count: number;
  isEndless?: boolean;
  hasMore?: boolean;
}) {
  const [messages, setMessages] = useState(() => manyMessages(count, 1_000_000));
  const [highlightedId, setHighlightedId] = useState<number | null>(null);
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const build = useRef(createTimelineBuilder()).current;
  const entries = useMemo(
    () => build({ messages, outbox: [], progress: {}, me: ME, firstUnreadId: null }),
    [build, messages],
  );
  const prepend = useCallback(
    (number: number) => setMessages((before) => [...older(before, number), ...before]),
    [],
  );
  const loadOlder = useCallback(() => {
    if (!isEndless) return;
    setLoadingOlder(true);
    setTimeout(() => {
      prepend(50);
      setLoadingOlder(false);
    }, 100);
  }, [prepend, isEndless]);

  const timeline: TimelineView = {
    entries,
    status: "ready",
    error: null,
    isGone: false,
    retry: () => {},
    hasOlder: hasMore,
    isLoadingOlder,
    loadOlder,
    hasNewer: false,
    loadNewer: () => {},
    firstUnreadId: null,
    unreadBelow: 0,
    jumpToLatest: () => {},
    jumpTo: async (id) => setHighlightedId(id),
    highlightedId,
    seen: useCallback(() => {}, []),
  };

  return (
    <div className={styles.stage}>
      <Timeline
        conversationId={count}
        timeline={timeline}
        isGroup
        readerId={ME.id}
        people={NOBODY}
        actions={NO_ACTIONS}
        findActions={NOTHING_ALLOWED}
      />
      <div className={styles.controls}>
        <button type="button" id="prepend" onClick={() => prepend(50)}>
          prepend 50
        </button>
        <button type="button" id="append" onClick={() => setMessages(appended)}>
          append
        </button>
        <button
          type="button"
          id="jump"
          onClick={() => setHighlightedId(messages[Math.floor(messages.length / 2)]!.id)}
        >
          jump to the middle
        </button>
      </div>
    </div>
  );
}

function older(messages: readonly Message[], number: number): Message[] {
  const first = messages[0]!;
  return manyMessages(number, first.id - number, minutesBefore(2, first.created_at));
}

function appended(messages: Message[]): Message[] {
  const next = manyMessages(1, messages.at(-1)!.id + 1);
  return [...messages, { ...next[0]!, created_at: new Date().toISOString() }];
}

export const FiftyThousand = () => <Long count={50_000} hasMore />;

export const EndlessHistory = () => <Long count={60} isEndless />;

export const Few = () => <Long count={3} />;
