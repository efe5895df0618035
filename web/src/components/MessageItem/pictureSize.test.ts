import { expect, test } from "vitest";
import { PICTURE_MAX_HEIGHT, PICTURE_MAX_WIDTH, pictureSize } from "./pictureSize";

test.each([
  [4000, 3000],
  [3000, 4000],
  [400, 300],
])("%i × %i fits, and keeps its proportions", (width, height) => {
  const shown = pictureSize(width, height);
  expect(shown.width).toBeLessThanOrEqual(PICTURE_MAX_WIDTH);
  expect(shown.height).toBeLessThanOrEqual(PICTURE_MAX_HEIGHT);
  expect(shown.width / shown.height).toBeCloseTo(width / height, 1);
});

test("a tiny picture can still be clicked, and one of unknown size has room", () => {
  expect(pictureSize(2, 2).width).toBeGreaterThanOrEqual(24);
  expect(pictureSize(null, null)).toEqual({ width: 240, height: 180 });
});
