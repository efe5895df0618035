import { type JSX, useEffect, useRef, useState } from "react";
import { type IntlShape, useIntl } from "react-intl";
import { notSentText } from "../../i18n/faults";
import { plainText } from "../../model/text";
import type { TimelineEntry, TimelineMessage } from "../../model/types";

interface NewMessageAnnouncerProps {
  entries: readonly TimelineEntry[];
  /** What is there at first is history, and not news: nothing is said until it has come. */
  isReady: boolean;
  /** What is loaded at the end is history, not news. */
  hasNewer: boolean;
}

/** Reads out more than this many at once only as a number. */
const MOST_READ_OUT = 3;

/**
 * Says politely what others write while one is here, and that a message of mine did not go out. The timeline itself
 * stays silent: rows that scrolling draws would all be read out.
 */
export function NewMessageAnnouncer(props: NewMessageAnnouncerProps): JSX.Element {
  const intl = useIntl();
  const known = useRef<{ lastId: number; failed: ReadonlySet<string> } | null>(null);
  const [said, setSaid] = useState({ turn: 0, words: "" });
  const { entries, isReady, hasNewer } = props;

  useEffect(() => {
    if (!isReady) return;
    const before = known.current;
    const lastId = Math.max(before?.lastId ?? 0, newestId(entries));
    const failed = failedIn(entries);
    known.current = { lastId, failed: new Set(failed.keys()) };
    if (before === null) return;
    const news = hasNewer ? [] : newerThan(entries, before.lastId);
    const refused = [...failed].filter(([key]) => !before.failed.has(key)).map(([, message]) => message);
    const words = [...wordsOf(intl, news), ...refused.map((message) => notSent(intl, message))].join("\n");
    if (words !== "") setSaid(({ turn }) => ({ turn: turn + 1, words }));
  }, [entries, isReady, hasNewer, intl]);

  return (
    <div className="sc-visually-hidden" aria-live="polite" data-announcer="">
      {/* A new element for each: of the same words twice the second would be no change, and not be read out. */}
      {said.turn > 0 && <p key={said.turn}>{said.words}</p>}
    </div>
  );
}

function newestId(entries: readonly TimelineEntry[]): number {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]!;
    if (entry.kind === "message" && entry.message.id > 0) return entry.message.id;
  }
  return 0;
}

function newerThan(entries: readonly TimelineEntry[], id: number): TimelineMessage[] {
  const news: TimelineMessage[] = [];
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]!;
    if (entry.kind !== "message" || entry.message.id < 0) continue;
    if (entry.message.id <= id) break;
    if (!entry.isMine && !entry.message.is_deleted) news.unshift(entry.message);
  }
  return news;
}

function failedIn(entries: readonly TimelineEntry[]): Map<string, TimelineMessage> {
  const failed = new Map<string, TimelineMessage>();
  for (const entry of entries)
    if (entry.kind === "message" && entry.message.status === "failed") failed.set(entry.key, entry.message);
  return failed;
}

function wordsOf(intl: IntlShape, news: readonly TimelineMessage[]): string[] {
  if (news.length <= MOST_READ_OUT) return news.map(sentence);
  return [intl.formatMessage({ id: "window.newCount" }, { count: news.length })];
}

function notSent(intl: IntlShape, message: TimelineMessage): string {
  return `${notSentText(intl, message.error)} ${whatOf(message)}`;
}

function sentence(message: TimelineMessage): string {
  const what = whatOf(message);
  return message.sender ? `${message.sender.name}: ${what}` : what;
}

function whatOf(message: TimelineMessage): string {
  return [message.file?.file_name, plainText(message.text)].filter(Boolean).join(". ");
}
