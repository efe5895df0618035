import { expect, test } from "vitest";
import { emojiResolver } from "./emojiData";
import { emojiPickers } from "./lateEmojiPicker";

const resolve = async (language: "ru" | "en") => {
  const late = emojiPickers[language];
  await late.load();
  return emojiResolver(language, late.get().part!.emojis, (group) => `group ${group}`)(language, {});
};

test.each(["ru", "en"] as const)(
  "in %s there are emoji of each group, with names and words to search by",
  async (locale) => {
    const data = await resolve(locale);
    const groups = data.categories.map((category) => category.index);
    expect(new Set(data.emojis.map((emoji) => emoji.category))).toEqual(new Set(groups));
    expect(data.categories.every((category) => category.label !== "")).toBe(true);
    expect(data.emojis.length).toBeGreaterThan(1000);
  },
);

test("Russian words find, with ё and with е", async () => {
  const { emojis } = await resolve("ru");
  const thumb = emojis.find(({ emoji }) => emoji.startsWith("👍"));
  expect(thumb?.label).toMatch(/палец/i);
  const withYo = emojis.flatMap(({ tags }) => tags).filter((tag) => tag.includes("ё"));
  const all = new Set(emojis.flatMap(({ tags }) => tags));
  expect(withYo.length).toBeGreaterThan(0);
  expect(withYo.every((tag) => all.has(tag.replaceAll("ё", "е")))).toBe(true);
});

test("emoji that are too new to be drawn everywhere are left out", async () => {
  const { emojis } = await resolve("ru");
  expect(Math.max(...emojis.map(({ version }) => version))).toBeLessThanOrEqual(15);
});
