import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "vitest";
import { MESSAGES } from "./messages";

const { ru, en } = MESSAGES;

test("Both languages have the same keys, in the order of the alphabet", () => {
  expect(Object.keys(en)).toEqual(Object.keys(ru));
  const plain = (keys: string[]) => [...keys].sort((a, b) => (a < b ? -1 : 1));
  expect(Object.keys(ru)).toEqual(plain(Object.keys(ru)));
});

/** Names of the values that a text needs. */
function valuesOf(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element): string[] => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      return [element.value, ...Object.values(element.options).flatMap((option) => valuesOf(option.value))];
    }
    if (element.type === TYPE.tag) return [element.value, ...valuesOf(element.children)];
    return [element.value];
  });
}

test.each(Object.keys(ru))("%s can be read in both languages and takes the same values", (key) => {
  const names = [ru[key]!, en[key]!].map((text) => [...new Set(valuesOf(parse(text)))].sort());
  expect(names[0]).toEqual(names[1]);
  expect(ru[key]!.trim()).not.toBe("");
  expect(en[key]!).not.toMatch(/[а-яё]/i);
});

/** The forms of each plural of a text. */
function pluralsOf(elements: MessageFormatElement[]): string[][] {
  return elements.flatMap((element): string[][] => {
    if (element.type === TYPE.plural) return [Object.keys(element.options)];
    if (element.type === TYPE.select)
      return Object.values(element.options).flatMap((one) => pluralsOf(one.value));
    return element.type === TYPE.tag ? pluralsOf(element.children) : [];
  });
}

/** Verbs («выбрано 5», «печатают») and what stands after «в» («в 2 чатах, в 5 чатах») have two forms only. */
const TWO_FORMS = new Set(["group.chosen", "notifications.summary.text", "window.typing"]);

test("Russian plurals have all their forms", () => {
  for (const [key, text] of Object.entries(ru)) {
    if (TWO_FORMS.has(key)) continue;
    const declined = pluralsOf(parse(text)).filter((forms) => forms.includes("one") || forms.includes("few"));
    for (const forms of declined) {
      expect(forms, key).toEqual(expect.arrayContaining(["one", "few", "many", "other"]));
    }
  }
});
