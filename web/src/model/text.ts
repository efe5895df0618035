/** What texts are compared and shown by. */

/** For comparing: small letters, `ё` as `е`, one space between words. */
export function fold(text: string): string {
  return text.normalize("NFC").toLocaleLowerCase("ru").replaceAll("ё", "е").replace(/\s+/gu, " ").trim();
}

/** Whether each word of `search` begins a word of `name`, or all of it stands somewhere in it. */
export function matches(name: string, search: string): boolean {
  const wanted = fold(search);
  if (wanted === "") return true;
  const folded = fold(name);
  if (folded.includes(wanted)) return true;
  const words = folded.split(/[\s-]+/u);
  return wanted.split(" ").every((part) => words.some((word) => word.startsWith(part)));
}

const EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]|[\d#*]\ufe0f?\u20e3|[\u200d\ufe0f\s]|[\u{e0020}-\u{e007f}])+$/u;
const MOST_LARGE_EMOJI = 6;

/** Whether a message is nothing but a few emoji; such are shown larger. */
export function isEmojiOnly(text: string): boolean {
  if (text.length === 0 || text.length > 100 || !EMOJI.test(text)) return false;
  return countCharacters(text.replace(/\s/gu, "")) <= MOST_LARGE_EMOJI;
}

/** Characters as a reader counts them: a flag or a family is one. */
export function countCharacters(text: string): number {
  if (!("Segmenter" in Intl)) return [...text].length;
  return [...new Intl.Segmenter("ru", { granularity: "grapheme" }).segment(text)].length;
}

/** Markdown without its marks, on one line: for previews, toasts and notifications. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^```\S*$/gmu, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+/gmu, "")
    .replace(/(\*\*|__|~~)(?=\S)([^\n]*?\S)\1/gu, "$2")
    .replace(/(?<![\p{L}\p{N}])([*_])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu, "$2")
    .replace(/`([^`\n]+)`/gu, "$1")
    .replace(/\\([\\`*_{}[\]()#+\-.!~>|])/gu, "$1")
    .replace(/\s+/gu, " ")
    .trim();
}

/** At most `limit` characters, then an ellipsis. */
export function cut(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit).join("")}…`;
}
