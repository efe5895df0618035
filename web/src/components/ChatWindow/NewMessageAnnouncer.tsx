import { type JSX, useEffect, useRef, useState } from "react";
import { useIntl } from "react-intl";
import { plainText } from "../../model/text";
import type { TimelineEntry, TimelineMessage } from "../../model/types";

interface NewMessageAnnouncerProps {
  entries: readonly TimelineEntry[];
  /** What is loaded at the end is history, not news. */
  hasNewer: boolean;
}

/** Reads out more than this many at once only as a number. */
const MOST_READ_OUT = 3;

/**
 * Says politely what others write while one is here. The timeline itself stays silent: rows that scrolling draws would
 * all be read out.
 */
export function NewMessageAnnouncer({ entries, hasNewer }: NewMessageAnnouncerProps): JSX.Element {
  const intl = useIntl();
  const lastId = useRef<number | null>(null);
  const [words, setWords] = useState("");

  useEffect(() => {
    const before = lastId.current;
    const newest = newestId(entries);
    if (newest === null) return;
    lastId.current = Math.max(before ?? 0, newest);
    if (before === null || hasNewer || newest <= before) return;
    const news = newerThan(entries, before);
    if (news.length === 0) return;
    setWords(
      news.length > MOST_READ_OUT
        ? intl.formatMessage({ id: "window.newCount" }, { count: news.length })
        : news.map((message) => sentence(message)).join("\n"),
    );
  }, [entries, hasNewer, intl]);

  return (
    <div className="sc-visually-hidden" aria-live="polite" data-announcer="">
      {words}
    </div>
  );
}

function newestId(entries: readonly TimelineEntry[]): number | null {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]!;
    if (entry.kind === "message" && entry.message.id > 0) return entry.message.id;
  }
  return null;
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

function sentence(message: TimelineMessage): string {
  const what = [message.file?.file_name, plainText(message.text)].filter(Boolean).join(". ");
  return message.sender ? `${message.sender.name}: ${what}` : what;
}
