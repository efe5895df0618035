import { expect, test } from "vitest";
import { buildTimeline } from "../../model/timeline";
import type { Message } from "../../model/types";
import { makeFile, makeMe, makeMessage } from "../../testing";
import { guessHeight } from "./rowHeights";

const guess = (part: Partial<Message>, width = 800) => {
  const entry = buildTimeline({
    messages: [makeMessage(part)],
    outbox: [],
    progress: {},
    me: makeMe(),
    firstUnreadId: null,
  }).at(-1)!;
  return guessHeight(entry, width, true);
};

test("more words and less room make a row higher", () => {
  expect(guess({ text: "слово ".repeat(80) })).toBeGreaterThan(guess({ text: "слово" }));
  expect(guess({ text: "слово ".repeat(80) }, 360)).toBeGreaterThan(
    guess({ text: "слово ".repeat(80) }, 1440),
  );
  expect(guess({ text: "а\nб\nв" })).toBeGreaterThan(guess({ text: "абв" }));
});

test("a picture counts with the size that it will have, also on a phone", () => {
  const picture = { text: "", file: makeFile({ width: 800, height: 600 }) };
  expect(guess(picture)).toBeGreaterThan(240);
  expect(guess(picture, 360)).toBeLessThan(guess(picture));
});
