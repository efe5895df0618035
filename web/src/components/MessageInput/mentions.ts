import { fold, matches } from "../../model/text";
import type { Participant } from "../../model/types";

/** What is being typed after an `@`. */
export interface MentionQuery {
  /** Where the `@` stands. */
  start: number;
  text: string;
}

const MOST_OFFERED = 8;

/** One or two words after an `@` that begins a word, up to the caret. */
const QUERY = /(?:^|[\s(«"])@(\S*(?: \S+)?)$/u;

export function findMentionQuery(text: string, caret: number): MentionQuery | null {
  const found = QUERY.exec(text.slice(0, caret));
  const query = found?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, text: query };
}

/** Who is offered: teachers first, then by name; `ё` is `е`. */
export function offerMentions(
  people: readonly Participant[],
  query: string,
  meId: number | undefined,
): Participant[] {
  return people
    .filter((one) => one.id !== meId && matches(one.name, query))
    .sort((a, b) => Number(a.role === "student") - Number(b.role === "student") || byName(a, b))
    .slice(0, MOST_OFFERED);
}

function byName(a: Participant, b: Participant): number {
  return fold(a.name).localeCompare(fold(b.name), "ru");
}

/** The text with the chosen name in place of the query, and where the caret goes. */
export function insertMention(
  text: string,
  caret: number,
  query: MentionQuery,
  name: string,
): { text: string; caret: number } {
  const before = `${text.slice(0, query.start)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}

/** The ids of those whose name alone does not say who is meant. */
export function namesakesIn(people: readonly Participant[]): ReadonlySet<number> {
  const count = new Map<string, number>();
  for (const { name } of people) count.set(fold(name), (count.get(fold(name)) ?? 0) + 1);
  return new Set(people.filter(({ name }) => count.get(fold(name))! > 1).map(({ id }) => id));
}
