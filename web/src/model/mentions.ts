/** Whom a text mentions: those who were chosen from the list, and those whose name alone stands in it. */

import type { Mention } from "./types";

interface Named {
  id: number;
  name: string;
}

/** The mentions that a change of the text leaves whole, where they stand now. `caret`: where the change ended. */
export function keepMentions(
  mentions: readonly Mention[],
  before: string,
  after: string,
  caret?: number,
): readonly Mention[] {
  if (mentions.length === 0 || before === after) return mentions;
  const { from, to } = changeOf(before, after, caret);
  const shift = after.length - before.length;
  return mentions.flatMap((one) => {
    const isBehind = one.start >= to;
    if (!isBehind && endOf(one) > from) return [];
    const moved = isBehind ? { ...one, start: one.start + shift } : one;
    return stands(moved, after) ? [moved] : [];
  });
}

/** Ids of the people whom a text mentions. A name that was not chosen, but pasted, means everybody who has it. */
export function mentionedIn(
  { text, mentions }: { text: string; mentions: readonly Mention[] },
  people: readonly Named[],
): number[] {
  const chosen = mentions.filter((one) => stands(one, text));
  const ids = new Set(chosen.map((one) => one.id));
  let rest = chosen.reduce(blank, text);
  // Longer names first: "@Анна Петрова" does not mention an "Анна" as well.
  for (const [name, namesakes] of [...byName(people)].sort(([a], [b]) => b.length - a.length)) {
    const parts = rest.split(`@${name}`);
    if (!parts.slice(1).some((part) => !goesOn(part))) continue;
    for (const id of namesakes) ids.add(id);
    rest = parts.join(" ");
  }
  return [...ids];
}

/** Which part of the text before, from one place to another, is another now. */
function changeOf(before: string, after: string, caret?: number): { from: number; to: number } {
  const tail = caret !== undefined && before.endsWith(after.slice(caret)) ? after.length - caret : null;
  const same = tail ?? commonEnd(before, after);
  const to = before.length - same;
  return { from: commonStart(before, after, Math.min(to, after.length - same)), to };
}

function commonStart(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

function commonEnd(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}

function endOf(mention: Mention): number {
  return mention.start + 1 + mention.name.length;
}

function stands(mention: Mention, text: string): boolean {
  return text.startsWith(`@${mention.name}`, mention.start) && !goesOn(text.slice(endOf(mention)));
}

/** The word is longer than the name before it. */
function goesOn(rest: string): boolean {
  return /^[\p{L}\p{N}_]/u.test(rest);
}

function blank(text: string, mention: Mention): string {
  return text.slice(0, mention.start) + " ".repeat(mention.name.length + 1) + text.slice(endOf(mention));
}

function byName(people: readonly Named[]): Map<string, number[]> {
  const ids = new Map<string, number[]>();
  for (const { id, name } of people) if (name !== "") ids.set(name, [...(ids.get(name) ?? []), id]);
  return ids;
}
