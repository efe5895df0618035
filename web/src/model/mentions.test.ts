import { describe, expect, test } from "vitest";
import { keepMentions, mentionedIn } from "./mentions";
import type { Mention } from "./types";

const person = (id: number, name: string) => ({ id, name });
const PEOPLE = [person(3, "Пётр Орлов"), person(2, "Алёна Ёлкина"), person(1, "Анна Петрова")];
const IVAN = "Иван Иванов";
const NAMESAKES = [person(5, IVAN), person(6, IVAN)];
const at = (start: number, id: number, name = IVAN): Mention => ({ id, name, start });
const typed = (text: string) => ({ text, mentions: [] });

describe("whom a text mentions", () => {
  test("names that stand in it, also where it was edited or pasted", () => {
    expect(mentionedIn(typed("@Анна Петрова и @Пётр Орлов!"), PEOPLE).sort()).toEqual([1, 3]);
    expect(mentionedIn(typed("Анна Петрова"), PEOPLE)).toEqual([]);
    expect(mentionedIn(typed("@Анна Петровану"), PEOPLE)).toEqual([]);
    expect(mentionedIn(typed("@Анна Петрова"), [...PEOPLE, person(9, "Анна")])).toEqual([1]);
  });

  test("of two with one name the one who was chosen, whichever comes first", () => {
    const text = `@${IVAN}, к доске`;
    expect(mentionedIn({ text, mentions: [at(0, 5)] }, NAMESAKES)).toEqual([5]);
    expect(mentionedIn({ text, mentions: [at(0, 6)] }, NAMESAKES)).toEqual([6]);
  });

  test("both, where both were chosen", () => {
    const text = `@${IVAN} и @${IVAN}`;
    const mentions = [at(0, 6), at(text.lastIndexOf("@"), 5)];
    expect(mentionedIn({ text, mentions }, NAMESAKES)).toEqual([6, 5]);
  });

  test("a name that was pasted, not chosen, means everybody who has it", () => {
    expect(mentionedIn(typed(`@${IVAN}`), NAMESAKES)).toEqual([5, 6]);
  });

  test("who was chosen is known before the list of participants is", () => {
    expect(mentionedIn({ text: `@${IVAN}`, mentions: [at(0, 6)] }, [])).toEqual([6]);
  });

  test("a choice whose name is not there any more is none", () => {
    expect(mentionedIn({ text: "@Иван", mentions: [at(0, 6)] }, [])).toEqual([]);
  });
});

describe("a change of the text", () => {
  const TEXT = `Да, @${IVAN} `;

  test("before a name moves it, behind it leaves it", () => {
    expect(keepMentions([at(4, 6)], TEXT, `Нет-нет, @${IVAN} `, 7)).toEqual([at(9, 6)]);
    expect(keepMentions([at(4, 6)], TEXT, `${TEXT}пора`)).toEqual([at(4, 6)]);
  });

  test.each([`Да, @Иван Ивано `, `Да, @Иванна Иванов `, "", `Да, @${IVAN}у `])(
    "in a name takes the choice out: «%s»",
    (after) => {
      expect(keepMentions([at(4, 6)], TEXT, after)).toEqual([]);
    },
  );

  test("takes out the one of two namesakes whose name was deleted, as the caret tells", () => {
    const both = `@${IVAN} @${IVAN} `;
    const second = IVAN.length + 2;
    const mentions = [at(0, 5), at(second, 6)];
    expect(keepMentions(mentions, both, `@${IVAN} `, 0)).toEqual([at(0, 6)]);
    expect(keepMentions(mentions, both, `@${IVAN} `, second)).toEqual([at(0, 5)]);
  });

  test("by another hand (undone, another window) is found without the caret", () => {
    expect(keepMentions([at(4, 6)], TEXT, `Ох, да, @${IVAN} `, 2)).toEqual([at(8, 6)]);
  });
});
