import { Fragment, type JSX } from "react";
import { Mention } from "./Mention";
import { type MentionedPerson, mentionSplitter } from "./mentionedPeople";

interface PlainTextProps {
  text: string;
  mentions: readonly MentionedPerson[];
  readerId: number | undefined;
}

/** A text without markup as Markdown would show it: paragraphs, line breaks, mentions. */
export function PlainText({ text, mentions, readerId }: PlainTextProps): JSX.Element {
  const split = mentionSplitter(mentions);
  const parts = (line: string) =>
    split
      ? split(line).map((part, at) =>
          typeof part === "string" ? (
            part
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one line never move
            <Mention key={at} id={part.id} readerId={readerId}>
              @{part.name}
            </Mention>
          ),
        )
      : line;
  return (
    <>
      {text
        .trim()
        .split(/\n{2,}/)
        .map((paragraph, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs of one text never move
          <p key={index}>
            {paragraph.split("\n").map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: nor do its lines
              <Fragment key={at}>
                {at > 0 && <br />}
                {parts(line)}
              </Fragment>
            ))}
          </p>
        ))}
    </>
  );
}
