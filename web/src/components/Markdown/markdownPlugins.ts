import type { Element, ElementContent, Root, Text } from "hast";
import type { Processor } from "unified";
import { type MentionedPerson, type MentionSplitter, mentionSplitter } from "./mentionedPeople";

/**
 * Constructs of Markdown that a chat does not read as markup. The bridge renders the same text for Matrix with HTML
 * and images switched off; footnotes bring headings and ids, indented code turns an indented line into a box, and
 * "---" below a line would make a heading of what somebody meant as a rule.
 */
const NOT_IN_A_CHAT = [
  "htmlFlow",
  "htmlText",
  "labelStartImage",
  "codeIndented",
  "setextUnderline",
  "definition",
  "gfmFootnoteDefinition",
  "gfmFootnoteCall",
  "gfmPotentialFootnoteCall",
];

/** A remark plugin: what is not in a chat stays on screen as the text that it is. */
export function remarkChat(this: Processor): void {
  const data = this.data() as { micromarkExtensions?: object[] };
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: NOT_IN_A_CHAT } }];
}

const HEADING = /^h[1-6]$/;

/** A rehype plugin: headings become strong paragraphs, so that a message never breaks the outline of the page. */
export function rehypeFlatHeadings() {
  return (tree: Root): void =>
    visitElements(tree, (element) => {
      if (!HEADING.test(element.tagName)) return;
      element.tagName = "p";
      element.properties = { dataHeading: "" };
    });
}

/** A rehype plugin: `@Name` of the people who are mentioned becomes a `<mark data-mention="id">`. */
export function rehypeMentions(people: readonly MentionedPerson[]) {
  const split = mentionSplitter(people);
  return () =>
    (tree: Root): void => {
      if (split) markMentions(tree, split);
    };
}

const NO_MENTIONS_IN = new Set(["code", "pre", "a"]);

function markMentions(parent: Root | Element, split: MentionSplitter): void {
  const children: ElementContent[] = [];
  for (const child of parent.children as ElementContent[]) {
    if (child.type === "text") children.push(...split(child.value).map(mentionNode));
    else children.push(child);
    if (child.type === "element" && !NO_MENTIONS_IN.has(child.tagName)) markMentions(child, split);
  }
  parent.children = children;
}

function mentionNode(part: string | MentionedPerson): Element | Text {
  if (typeof part === "string") return { type: "text", value: part };
  return {
    type: "element",
    tagName: "mark",
    properties: { dataMention: part.id },
    children: [{ type: "text", value: `@${part.name}` }],
  };
}

function visitElements(parent: Root | Element, visit: (element: Element) => void): void {
  for (const child of parent.children) {
    if (child.type !== "element") continue;
    visit(child);
    visitElements(child, visit);
  }
}
