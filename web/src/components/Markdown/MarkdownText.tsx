import type { ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkBreaks from "remark-breaks";
import remarkGfm from "remark-gfm";
import styles from "./Markdown.module.css";
import { Mention } from "./Mention";
import { rehypeFlatHeadings, rehypeMentions, remarkChat } from "./markdownPlugins";
import type { MentionedPerson } from "./mentionedPeople";

/** What a message may show. No images (they would call a foreign host), no HTML, no headings, no inputs. */
const ALLOWED =
  "p br strong em del a code pre blockquote ul ol li hr input table thead tbody tr th td mark".split(" ");

const SAFE_LINK = /^(https?:\/\/|mailto:|tel:)/i;

/** Parsed texts, newest last: scrolling back and forth over the same messages parses each once. */
const rendered = new Map<string, ReactNode>();
const RENDERED_MAX = 500;

export function renderMarkdown(
  text: string,
  mentions: readonly MentionedPerson[],
  readerId: number | undefined,
): ReactNode {
  const people = mentions.map((one) => `${one.id}:${one.name}`).join("\u0001");
  const key = `${readerId ?? ""}\u0000${people}\u0000${text}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const node = parse(text, mentions, readerId);
  rendered.set(key, node);
  if (rendered.size > RENDERED_MAX) rendered.delete(rendered.keys().next().value!);
  return node;
}

function parse(text: string, mentions: readonly MentionedPerson[], readerId: number | undefined): ReactNode {
  return ReactMarkdown({
    children: text,
    // One tilde is how people write "about 5": only two strike through, as in the bridge.
    remarkPlugins: [[remarkGfm, { singleTilde: false }], remarkBreaks, remarkChat],
    rehypePlugins: [rehypeFlatHeadings, rehypeMentions(mentions)],
    allowedElements: ALLOWED,
    unwrapDisallowed: true,
    urlTransform: (url) => (SAFE_LINK.test(url) ? url : ""),
    components: components(readerId),
  });
}

function components(readerId: number | undefined): Components {
  return {
    a: ({ href, children }) =>
      href ? (
        <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
          {children}
        </a>
      ) : (
        <span>{children}</span>
      ),
    // A list of tasks is shown, not ticked: the text belongs to its sender.
    input: ({ checked }) => <span className={styles.task}>{checked ? "☑" : "☐"}</span>,
    mark: ({ node, children }) => (
      <Mention id={Number(node?.properties.dataMention)} readerId={readerId}>
        {children}
      </Mention>
    ),
    p: ({ node, children }) => (
      <p className={node?.properties.dataHeading === undefined ? undefined : styles.heading}>{children}</p>
    ),
    pre: ({ children }) => <pre className={styles.code}>{children}</pre>,
    table: ({ children }) => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide one is scrolled by the keyboard too
      <div className={styles.wide} tabIndex={0}>
        <table>{children}</table>
      </div>
    ),
  };
}
