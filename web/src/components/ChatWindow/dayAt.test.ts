import { expect, test } from "vitest";
import type { TimelineEntry } from "../../model/types";
import { makeMessage } from "../../testing";
import { dayAt } from "./dayAt";

const message = (created_at: string): TimelineEntry => ({
  kind: "message",
  key: created_at,
  message: makeMessage({ created_at }),
  isMine: false,
  isFirstOfGroup: true,
  isLastOfGroup: true,
});
const ROWS: TimelineEntry[] = [
  { kind: "date", key: "d1", day: "2026-09-14" },
  message("2026-09-14T10:00:00.000Z"),
  { kind: "unread", key: "unread" },
  message("2026-09-14T11:00:00.000Z"),
  { kind: "date", key: "d2", day: "2026-09-15" },
];

test.each([
  ["a message: its day", 1, "2026-09-14"],
  ["the line of what is new: the day of what follows", 2, "2026-09-14"],
  ["a separator: nothing, it says its day by itself", 0, null],
  ["the last separator", 4, null],
  ["nothing", 9, null],
] as const)("at the upper edge %s", (_, index, day) => {
  expect(dayAt(ROWS, index)).toBe(day);
});
