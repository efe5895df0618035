import { type JSX, memo } from "react";
import { LateView } from "../LateView/lateView";
import { useLateState } from "../LateView/useLate";
import styles from "./Markdown.module.css";
import type { MentionedPerson } from "./mentionedPeople";
import { PlainText } from "./PlainText";

interface MarkdownProps {
  text: string;
  /** The people whose `@Name` is to be highlighted. */
  mentions?: readonly MentionedPerson[];
  readerId?: number | undefined;
}

const NOBODY: readonly MentionedPerson[] = [];

/** The text of a message, formatted. Most messages hold no markup and neither wait for the parser nor see it. */
export const Markdown = memo(function Markdown({
  text,
  mentions = NOBODY,
  readerId,
}: MarkdownProps): JSX.Element {
  const { part: render } = useLateState(parser);
  return (
    <div className={styles.markdown}>
      {isPlain(text) || !render ? (
        <PlainText text={text} mentions={mentions} readerId={readerId} />
      ) : (
        render(text, mentions, readerId)
      )}
    </div>
  );
});

/** A superset of what CommonMark and gfm read as markup: a false alarm costs a millisecond, a miss would cost a `*`. */
const MARKUP = /[\\`*_[\]<>#~|&]|:\/\/|www\.|\S@\S|^[ \t]|^[-+=]|^\d+[.)]/im;

export function isPlain(text: string): boolean {
  return !MARKUP.test(text);
}

/** The parser comes beside the first messages, not before them; texts are plain until it is there. */
const parser = new LateView(async () => (await import("./MarkdownText")).renderMarkdown);

export const loadMarkdown = parser.load;
