import { describe, expect, test } from "vitest";
import type { Conversation } from "../../model/types";
import { makeConversation, makeMe } from "../../testing";
import { commandsFor, findAddress } from "./conversationCommands";

const TEACHER = makeMe();
const STUDENT = { ...TEACHER, permissions: { ...TEACHER.permissions, can_block: false } };
const group = (part: Partial<Conversation> = {}) => makeConversation({ is_group: true, ...part });

describe("in a direct conversation", () => {
  test("a teacher blocks, and unblocks where it is blocked", () => {
    expect(commandsFor(makeConversation(), TEACHER)).toEqual(["mute", "leave", "clear", "block"]);
    expect(commandsFor(makeConversation({ is_blocked: true }), TEACHER)).toContain("unblock");
  });

  test("a student does neither", () => {
    const offered = commandsFor(makeConversation({ is_blocked: true }), STUDENT);
    expect(offered).not.toContain("block");
    expect(offered).not.toContain("unblock");
  });
});

describe("in a group", () => {
  test("a manager renames and archives", () => {
    expect(commandsFor(group(), TEACHER)).toEqual(["participants", "rename", "mute", "clear", "archive"]);
  });

  test("a group of the roster is not archived by hand", () => {
    expect(commandsFor(group({ is_managed: true }), TEACHER)).not.toContain("archive");
  });

  test("in an archived one nothing is renamed or archived again", () => {
    expect(commandsFor(group({ is_archived: true }), TEACHER)).toEqual(["participants", "mute", "clear"]);
  });

  test("a member looks, mutes, clears and takes it off the list", () => {
    const offered = commandsFor(group({ can_manage: false, is_muted: true }), STUDENT);
    expect(offered).toEqual(["participants", "unmute", "leave", "clear"]);
  });
});

describe("in a Matrix client of the browser", () => {
  const matrix = { ...TEACHER.matrix, client: "https://element.school.test/" };

  test("the same conversation is one click away, where the school has one", () => {
    const room = makeConversation({ room_id: "!room:school.test" });
    expect(commandsFor(room, { ...TEACHER, matrix })).toContain("openElsewhere");
    expect(commandsFor(room, TEACHER)).not.toContain("openElsewhere");
    expect(findAddress(room, { matrix })).toBe("https://element.school.test/#/room/!room%3Aschool.test");
  });

  test("a conversation without its room yet is not", () => {
    expect(commandsFor(makeConversation({ room_id: null }), { ...TEACHER, matrix })).not.toContain(
      "openElsewhere",
    );
  });
});
