/** Who is mentioned in a text, by the name that follows the `@`. */
export interface MentionedPerson {
  id: number;
  name: string;
}

export type MentionSplitter = (text: string) => (string | MentionedPerson)[];

/** Takes a text apart at the mentions: strings, and people for `@Name`. Null: nobody to look for. */
export function mentionSplitter(people: readonly MentionedPerson[]): MentionSplitter | null {
  const named = people.filter((person) => person.name.trim() !== "");
  if (named.length === 0) return null;
  const names = named.map((person) => escapeRegExp(person.name)).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`@(${names.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
  const byName = new Map(named.map((person) => [person.name, person]));

  return (text) => {
    const parts: (string | MentionedPerson)[] = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      const person = byName.get(match[1]!)!;
      if (match.index > end) parts.push(text.slice(end, match.index));
      parts.push(person);
      end = match.index + match[0].length;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
