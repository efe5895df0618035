import { expect, test } from "vitest";
import { makeParticipant } from "../../testing";
import { findMentionQuery, insertMention, namesakesIn, offerMentions } from "./mentions";

const person = (id: number, name: string, role: "teacher" | "student" = "student") =>
  makeParticipant({ id, name, role });
const ANNA = person(1, "Анна Петрова", "teacher");
const ALYONA = person(2, "Алёна Ёлкина");
const PYOTR = person(3, "Пётр Орлов");
const PEOPLE = [PYOTR, ALYONA, ANNA];

test.each([
  ["@", ""],
  ["@ан", "ан"],
  ["Привет, @Анна П", "Анна П"],
  ["(@ан", "ан"],
  ["раз\n@ан", "ан"],
])("after «%s» one asks for «%s»", (text, query) => {
  expect(findMentionQuery(text, text.length)?.text).toBe(query);
});

test.each(["анна@school.test", "@Анна ", "@Анна Петрова привет", "без"])("«%s» asks for nobody", (text) => {
  expect(findMentionQuery(text, text.length)).toBeNull();
});

test("teachers are offered first, then by name, oneself never", () => {
  expect(offerMentions(PEOPLE, "", undefined)).toEqual([ANNA, ALYONA, PYOTR]);
  expect(offerMentions(PEOPLE, "", ANNA.id)).toEqual([ALYONA, PYOTR]);
});

test("ё and е, large and small letters are the same, and any word of a name can begin it", () => {
  expect(offerMentions(PEOPLE, "петр", undefined)).toEqual([ANNA, PYOTR]);
  expect(offerMentions(PEOPLE, "ЕЛК", undefined)).toEqual([ALYONA]);
});

test("the chosen name takes the place of the query and nothing else", () => {
  const text = "Привет, @ал и все";
  const caret = "Привет, @ал".length;
  const inserted = insertMention(text, caret, findMentionQuery(text, caret)!, ALYONA.name);
  expect(inserted.text).toBe("Привет, @Алёна Ёлкина и все");
  expect(inserted.text.slice(0, inserted.caret)).toBe("Привет, @Алёна Ёлкина ");
});

test("people whose name alone does not say who is meant are told apart; ё is е there, too", () => {
  const twins = [person(5, "Алена Ёлкина"), person(6, "Иван Иванов")];
  expect([...namesakesIn([...PEOPLE, ...twins])].sort()).toEqual([ALYONA.id, 5]);
});
