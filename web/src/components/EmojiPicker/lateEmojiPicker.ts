import type { Emoji } from "emojibase";
import { LateView } from "../LateView/lateView";

/** The picker and the names of its emoji in one language: without them there is nothing to pick. */
export const emojiPickers = {
  ru: new LateView(() => withNames(import("emojibase-data/ru/data.json"))),
  en: new LateView(() => withNames(import("emojibase-data/en/data.json"))),
};

async function withNames(names: Promise<{ default: Emoji[] }>) {
  const [{ EmojiPicker }, { default: emojis }] = await Promise.all([import("./EmojiPicker"), names]);
  return { EmojiPicker, emojis };
}
