import type { Emoji } from "emojibase";
import type { EmojiData, EmojiDataResolver } from "frimousse";

/** Newer ones are empty boxes on machines of some years ago. */
const NEWEST_VERSION = 15;
/** emojibase's groups, less the one of skin tones and hair. */
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];

type Language = "ru" | "en";

/** One for each language, for ever: the library keeps the data by the function that gave it. */
const resolvers = new Map<Language, EmojiDataResolver>();

/** Names and search words of the emoji, from our own build: the library's default would ask a foreign host. */
export function emojiResolver(
  language: Language,
  emojis: readonly Emoji[],
  nameOfGroup: (group: number) => string,
): EmojiDataResolver {
  let resolver = resolvers.get(language);
  if (!resolver) {
    const data = dataOf(language, emojis, nameOfGroup);
    resolver = () => data;
    resolvers.set(language, resolver);
  }
  return resolver;
}

function dataOf(
  language: Language,
  emojis: readonly Emoji[],
  nameOfGroup: (group: number) => string,
): EmojiData {
  const hasFlags = drawsFlags();
  return {
    locale: language,
    emojis: emojis.flatMap((emoji) => shape(emoji, hasFlags)),
    categories: GROUPS.map((index) => ({ index, label: nameOfGroup(index) })),
    skinTones: NO_TONES,
  };
}

const NO_TONES = { light: "", "medium-light": "", medium: "", "medium-dark": "", dark: "" };
const FLAGS_GROUP = 9;
const COUNTRY_FLAG = /^\p{Regional_Indicator}{2}$/u;

function shape(emoji: Emoji, hasFlags: boolean): EmojiData["emojis"] {
  if (emoji.group === undefined || !GROUPS.includes(emoji.group)) return [];
  if (emoji.version > NEWEST_VERSION) return [];
  const countryFlag = emoji.group === FLAGS_GROUP && COUNTRY_FLAG.test(emoji.emoji);
  if (countryFlag && !hasFlags) return [];
  const { label } = emoji;
  return [
    {
      emoji: emoji.emoji,
      category: emoji.group,
      version: emoji.version,
      label: label.charAt(0).toLocaleUpperCase() + label.slice(1),
      tags: (emoji.tags ?? []).flatMap(withoutYo),
      ...(countryFlag ? { countryFlag } : {}),
    },
  ];
}

/** `ё` is typed as `е` more often than not. */
function withoutYo(tag: string): string[] {
  return tag.includes("ё") ? [tag, tag.replaceAll("ё", "е")] : [tag];
}

/** Windows has no flags: it draws two letters, which are wider than one emoji. */
function drawsFlags(): boolean {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return false;
  context.font = "16px sans-serif";
  return context.measureText("🇪🇺").width <= context.measureText("😀").width * 1.2;
}
