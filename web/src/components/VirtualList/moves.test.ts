import { expect, test } from "vitest";
import { directionOf, nextIndex } from "./moves";

const key = (name: string, part: object = {}) => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...part,
});

test("a key with a modifier belongs to somebody else", () => {
  expect(directionOf(key("ArrowDown"))).toBe("down");
  expect(directionOf(key("ArrowDown", { altKey: true }))).toBeNull();
  expect(directionOf(key("Home", { ctrlKey: true }))).toBeNull();
  expect(directionOf(key("a"))).toBeNull();
});

test.each([
  ["up", 0, 0],
  ["up", 3, 2],
  ["down", 9, 9],
  ["first", 7, 0],
  ["last", 2, 9],
  ["pageDown", 3, 7],
  ["pageDown", 8, 9],
  ["pageUp", 3, 0],
] as const)("%s from %i leads to %i of ten", (direction, at, to) => {
  expect(nextIndex(direction, at, 10, 4)).toBe(to);
});
