import { describe, expect, test } from "vitest";
import type { TimelineMessage } from "../../model/types";
import { makeMessage, minutesBefore, NOW, STUDENT, TEACHER } from "../../testing";
import { type ActionContext, type ActionName, allowedActions } from "./messageActions";

const now = Date.parse(NOW);
const context = (part: Partial<ActionContext> = {}): ActionContext => ({
  meId: STUDENT.id,
  role: "student",
  isGroup: true,
  canWrite: true,
  canManage: false,
  editWindowS: 600,
  offers: new Set(),
  ...part,
});
const mine = (part: Partial<TimelineMessage> = {}): TimelineMessage => ({
  ...makeMessage({ sender: STUDENT, created_at: minutesBefore(5) }),
  ...part,
});
const allowed = (message: TimelineMessage, part: Partial<ActionContext> = {}): ActionName[] =>
  allowedActions(message, context(part), now);

describe("my own message", () => {
  test("can be answered, copied, edited, looked up and deleted", () => {
    expect(allowed(mine())).toEqual(["reply", "copy", "edit", "readers", "remove"]);
  });

  test("is not edited after its time, nor where it has no words", () => {
    expect(allowed(mine({ created_at: minutesBefore(11) }))).not.toContain("edit");
    expect(allowed(mine({ text: "" }))).not.toContain("edit");
  });

  test("on its way or refused, it can be copied alone", () => {
    expect(allowed(mine({ localId: "c1", status: "pending" }))).toEqual(["copy"]);
    expect(allowed(mine({ status: "failed" }))).toEqual(["copy"]);
  });
});

describe("somebody else's message", () => {
  const theirs = mine({ sender: TEACHER });

  test("is deleted by nobody but a manager of the group or an admin", () => {
    expect(allowed(theirs)).not.toContain("remove");
    expect(allowed(theirs, { canManage: true })).toContain("remove");
    expect(allowed(theirs, { role: "admin" })).toContain("remove");
    expect(allowed(theirs, { canManage: true, isGroup: false })).not.toContain("remove");
  });

  test("is edited by nobody, whatever they manage", () => {
    expect(allowed(theirs, { canManage: true, role: "admin" })).not.toContain("edit");
  });
});

test("where one cannot write one neither answers nor edits", () => {
  expect(allowed(mine(), { canWrite: false })).toEqual(["copy", "readers", "remove"]);
});

test("who has read is a question of groups", () => {
  expect(allowed(mine(), { isGroup: false })).not.toContain("readers");
});

test("what the server does not offer has no place yet, and gets it when it does", () => {
  expect(allowed(mine(), { offers: new Set<ActionName>(["react", "pin", "forward"]) })).toEqual(
    expect.arrayContaining(["react", "pin", "forward"]),
  );
});

test("with what is deleted or nobody's there is nothing to do", () => {
  expect(allowed(mine({ is_deleted: true }), { role: "admin" })).toEqual([]);
  expect(allowed(mine({ message_type: "SYSTEM", sender: null }), { role: "admin" })).toEqual([]);
});
