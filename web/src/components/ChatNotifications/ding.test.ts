import { beforeEach, expect, test, vi } from "vitest";
import { ding } from "./ding";

const play = vi.fn(async () => undefined);
const fetchSound = vi.fn(async () => ({ default: "/ding.wav" }));

beforeEach(() => {
  play.mockClear();
  fetchSound.mockClear();
  vi.stubGlobal(
    "Audio",
    class {
      currentTime = 0;
      play = play;
    },
  );
  return () => vi.unstubAllGlobals();
});

test("a sound that cannot be fetched is no fault; the next message asks for it again, and then no more", async () => {
  fetchSound.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"));
  expect(await ding(fetchSound)).toBe(false);
  expect(play).not.toHaveBeenCalled();
  expect(await ding(fetchSound)).toBe(true);
  expect(await ding(fetchSound)).toBe(true);
  expect(fetchSound).toHaveBeenCalledTimes(2);
});

test("one whose file broke off is asked for again, too", async () => {
  play.mockRejectedValueOnce(new DOMException("no network", "NotSupportedError"));
  expect(await ding(fetchSound)).toBe(false);
  expect(await ding(fetchSound)).toBe(true);
});
