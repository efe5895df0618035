import { expect, test } from "vitest";
import { initials } from "./avatar";
import { newId, personOf } from "./ids";
import { cut, isEmojiOnly, matches, plainText } from "./text";
import { formatClock, formatDay, formatLastSeen, formatRelative, formatSize } from "./time";

test.each([
  ["Алёна Ёлкина", "алена", true],
  ["Алёна Ёлкина", "елк", true],
  ["Алена Елкина", "Ёлкина Ал", true],
  ["Иван Иванов", "ванов", true],
  ["Анна-Мария Петрова", "мария", true],
  ["Иван Иванов", "пётр", false],
  ["Иван Иванов", "  ", true],
])("Searching %s for %s: %s", (name, search, expected) => {
  expect(matches(name, search)).toBe(expected);
});

test.each([
  ["👍", true],
  ["👨‍👩‍👧‍👦 🇷🇺", true],
  ["❤️👍🏽", true],
  ["1️⃣", true],
  ["👍 да", false],
  ["123", false],
  ["", false],
  ["😀".repeat(7), false],
])("Nothing but emoji: %s → %s", (text, expected) => {
  expect(isEmojiOnly(text)).toBe(expected);
});

test.each([
  ["**важно** и _курсив_", "важно и курсив"],
  ["# Тема\n\n- раз\n- два", "Тема раз два"],
  ["[ссылка](https://school.test)", "ссылка"],
  ["`код` и ~~нет~~", "код и нет"],
  ["имя_файла_2.txt и 2*3*4", "имя_файла_2.txt и 2*3*4"],
  ["```js\nlet a;\n```", "let a;"],
])("Without its marks: %s", (markdown, expected) => {
  expect(plainText(markdown)).toBe(expected);
});

test("A cut text ends with an ellipsis and never in the middle of an emoji", () => {
  expect(cut("привет", 10)).toBe("привет");
  expect(cut("😀😀😀", 2)).toBe("😀😀…");
});

test("Initials are of the first two words", () => {
  expect(initials("Иван Иванов")).toBe("ИИ");
  expect(initials("Математика 9 класс")).toBe("М9");
  expect(initials("«Ёлка»")).toBe("Ё");
});

const now = Date.parse("2025-11-14T10:30:00Z"); // 13:30 in Moscow

test.each([
  ["2025-11-14T10:29:40Z", "сейчас"],
  ["2025-11-14T10:25:00Z", "5 мин назад"],
  ["2025-11-14T06:05:00Z", "09:05"],
  ["2025-11-13T20:59:00Z", "вчера"],
  ["2025-10-21T10:00:00Z", "21.10.25"],
])("In the list %s is %s", (iso, expected) => {
  expect(formatRelative(iso, now, "ru")).toBe(expected);
});

test("Days, clocks, last seen and sizes in the reader's words", () => {
  expect(formatDay("2025-11-14", now, "ru")).toBe("Сегодня");
  expect(formatDay("2025-11-13", now, "ru")).toBe("Вчера");
  expect(formatDay("2025-10-21", now, "ru")).toBe("21.10.2025");
  expect(formatDay("2025-11-13", now, "en")).toBe("Yesterday");
  expect(formatDay("2025-10-21", now, "en")).toBe("21/10/2025");
  expect(formatClock("2025-11-14T10:30:00Z", "ru")).toBe("13:30");
  expect(formatLastSeen("2025-11-14T10:25:00Z", now, "ru")).toBe("5 мин назад");
  expect(formatLastSeen("2025-11-13T10:25:00Z", now, "ru")).toBe("вчера, 13:25");
  expect(formatSize(245_789, "ru")).toBe("240 кБ");
  expect(formatSize(5 * 1024 * 1024, "ru")).toBe("5 МБ");
});

test("A token tells its person, as a number or a string; anything else tells nobody", () => {
  const jwt = (claims: unknown) => `h.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.s`;
  expect(personOf(jwt({ user_id: 7 }))).toBe(7);
  expect(personOf(jwt({ user_id: "7" }))).toBe(7);
  expect(personOf(jwt({ user_id: "x" }))).toBeNull();
  expect(personOf("opaque")).toBeNull();
  expect(personOf("a.%%%.c")).toBeNull();
});

test("Ids are long and never the same", () => {
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
});
