/** At most two letters for an avatar: of first and last name, or of a group's first two words. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words
    .slice(0, 2)
    .map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] ?? "")
    .join("")
    .toLocaleUpperCase("ru");
}

/** The server's colours of people; a group gets one by its id. */
const COLOURS = ["#1d4ed8", "#15803d", "#b45309", "#7e22ce", "#be123c", "#0f766e", "#4338ca", "#a21caf"];

export function groupColour(conversationId: number): string {
  return COLOURS[conversationId % COLOURS.length]!;
}
