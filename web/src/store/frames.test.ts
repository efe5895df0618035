import { describe, expect, test } from "vitest";
import type { Frame, MessageNew } from "../model/frames";
import type { Conversation, Message } from "../model/types";
import { makeConversation, makeMe, makeMessage, NOW, STUDENT, TEACHER } from "../testing";
import { conversationToRefresh, reduceFrame } from "./frames";
import { type ChatState, EMPTY_STATE, EMPTY_TIMELINE } from "./state";

const now = Date.parse(NOW);

function stateWith(conversation: Partial<Conversation>, messages: Message[] = []): ChatState {
  const one = makeConversation({ id: 1, rev: 10, ...conversation });
  return {
    ...EMPTY_STATE,
    me: makeMe(),
    conversations: { 1: one },
    timelines: { 1: { ...EMPTY_TIMELINE, messages, status: "ready" } },
  };
}

function newMessage(part: Partial<Message> = {}, rev = 20, unread_count = 1): MessageNew {
  const message = makeMessage({ id: 200, rev, ...part });
  return { type: "message.new", conversation_id: 1, rev, message, unread_count };
}

const texts = (state: ChatState) => state.timelines[1]!.messages.map((message) => message.text);

describe("message.new", () => {
  test("stands at the end, in the list's preview, and in the count", () => {
    const before = stateWith({ unread_count: 0 }, [makeMessage({ id: 100, text: "Раз" })]);
    const after = reduceFrame(before, newMessage({ text: "**Два**" }), now);
    expect(texts(after)).toEqual(["Раз", "**Два**"]);
    const conversation = after.conversations[1]!;
    expect(conversation.last_message).toMatchObject({ id: 200, text: "Два", sender_name: STUDENT.name });
    expect(conversation).toMatchObject({ unread_count: 1, rev: 20 });
  });

  test("the same frame twice is once, and counts a mention once", () => {
    const frame = newMessage({ mentions: [TEACHER.id] });
    const once = reduceFrame(stateWith({}), frame, now);
    const twice = reduceFrame(once, frame, now);
    expect(twice.timelines[1]!.messages).toHaveLength(1);
    expect(twice.conversations[1]!.mention_count).toBe(1);
  });

  test("an older frame does not change the list, but fills its place in the timeline", () => {
    const before = stateWith({ rev: 30 }, [makeMessage({ id: 100 }), makeMessage({ id: 300 })]);
    const after = reduceFrame(before, newMessage({ id: 200 }, 20), now);
    expect(after.timelines[1]!.messages.map((message) => message.id)).toEqual([100, 200, 300]);
    expect(after.conversations).toBe(before.conversations);
  });

  test("is not put at the end of a window that looks into the past", () => {
    const before = stateWith({}, [makeMessage({ id: 100 })]);
    const past = { ...before, timelines: { 1: { ...before.timelines[1]!, hasNewer: true } } };
    expect(reduceFrame(past, newMessage(), now).timelines[1]!.messages).toHaveLength(1);
  });

  test("takes my own message out of the outbox", () => {
    const entry = {
      clientId: "c1",
      seq: 1,
      personId: TEACHER.id,
      conversationId: 1,
      text: "Привет",
      mentions: [],
      replyTo: null,
      createdAt: NOW,
      status: "waiting" as const,
      error: null,
      file: null,
    };
    const before = { ...stateWith({}), outbox: { 1: [entry] } };
    const others = reduceFrame(before, newMessage({ client_id: "c1" }), now);
    expect(others.outbox[1]).toHaveLength(1); // another person may use the same client_id
    const mine = reduceFrame(before, newMessage({ client_id: "c1", sender: TEACHER }), now);
    expect(mine.outbox).toEqual({});
  });

  test("of an unknown conversation makes it be asked for", () => {
    const before = EMPTY_STATE;
    const frame = newMessage();
    expect(conversationToRefresh(before, reduceFrame(before, frame, now), frame)).toBe(1);
  });

  test("ends the typing of its sender", () => {
    const typing: Frame = {
      type: "typing.start",
      conversation_id: 1,
      rev: null,
      user_id: STUDENT.id,
      user_name: STUDENT.name,
    };
    const before = reduceFrame(stateWith({}), typing, now);
    expect(before.typing[1]).toHaveLength(1);
    expect(reduceFrame(before, newMessage(), now).typing).toEqual({});
  });
});

describe("message.updated", () => {
  const updated = (message: Message, rev = message.rev): Frame => ({
    type: "message.updated",
    conversation_id: 1,
    rev,
    message,
  });

  test("an older rev never overwrites a newer one", () => {
    const before = stateWith({}, [makeMessage({ id: 100, rev: 50, text: "Новое" })]);
    const after = reduceFrame(before, updated(makeMessage({ id: 100, rev: 40, text: "Старое" })), now);
    expect(texts(after)).toEqual(["Новое"]);
    expect(after.timelines).toBe(before.timelines);
  });

  test("what was read stays read, whatever the frame says", () => {
    const mine = makeMessage({
      id: 100,
      rev: 50,
      sender: TEACHER,
      is_read: true,
      read_count: 2,
      status: "read",
    });
    const edited = {
      ...mine,
      rev: 60,
      text: "Правка",
      is_read: false,
      read_count: 0,
      status: "sent" as const,
    };
    const message = reduceFrame(stateWith({}, [mine]), updated(edited), now).timelines[1]!.messages[0];
    expect(message).toMatchObject({ text: "Правка", is_read: true, read_count: 2, status: "read" });
  });

  test("with one rev, deleted wins: a refused message is deleted for the others", () => {
    const shown = makeMessage({ id: 100, rev: 50, text: "Привет" });
    const gone = { ...shown, text: "", is_deleted: true };
    const after = reduceFrame(stateWith({}, [shown]), updated(gone), now);
    expect(after.timelines[1]!.messages[0]).toMatchObject({ is_deleted: true, text: "" });
    const back = reduceFrame(after, updated(shown), now);
    expect(back.timelines[1]!.messages[0]!.is_deleted).toBe(true);
  });

  test("changes the preview of the last message; a deletion makes the conversation be asked for", () => {
    const last = makeMessage({ id: 90, rev: 20, text: "Исправлено" });
    const before = stateWith({ rev: 10 });
    const frame = updated(last);
    const after = reduceFrame(before, frame, now);
    expect(after.conversations[1]!.last_message!.text).toBe("Исправлено");
    expect(conversationToRefresh(before, after, frame)).toBeNull();
    const deletion = updated({ ...last, is_deleted: true, rev: 21 });
    expect(conversationToRefresh(before, reduceFrame(before, deletion, now), deletion)).toBe(1);
  });

  test("one that the homeserver refused is not the list's last any more: what is, is asked for", () => {
    const mine = makeMessage({ id: 200, sender: TEACHER, text: "Не дошло", status: "pending" });
    const before = reduceFrame(stateWith({}), newMessage({ ...mine, rev: 20 }), now);
    const refusal = updated({ ...mine, status: "failed", error: "forbidden", text: "Отказано", rev: 21 });
    const after = reduceFrame(before, refusal, now);
    expect(after.conversations[1]!.last_message!.text).toBe("Не дошло");
    expect(conversationToRefresh(before, after, refusal)).toBe(1);
  });

  test("of a message that is not loaded does not put it in", () => {
    const before = stateWith({}, [makeMessage({ id: 100 })]);
    const after = reduceFrame(before, updated(makeMessage({ id: 50 })), now);
    expect(after.timelines[1]!.messages).toBe(before.timelines[1]!.messages);
  });
});

describe("message.read", () => {
  const read = (user_id: number, message_id: number, rev = 30): Frame => ({
    type: "message.read",
    conversation_id: 1,
    rev,
    user_id,
    message_id,
    read_at: NOW,
  });
  const mine = (id: number) => makeMessage({ id, sender: TEACHER, rev: id });
  const theirs = (id: number) => makeMessage({ id, rev: id });

  test("of another person turns my messages up to it into read ones", () => {
    const before = stateWith({}, [mine(100), mine(101), mine(102)]);
    const { messages } = reduceFrame(before, read(STUDENT.id, 101), now).timelines[1]!;
    expect(messages.map((message) => message.status)).toEqual(["read", "read", "sent"]);
    expect(messages.map((message) => message.read_count)).toEqual([1, 1, 0]);
  });

  test("of several people counts each of them, and one of them once", () => {
    let state = stateWith({}, [mine(100)]);
    for (const reader of [5, 6, 5]) state = reduceFrame(state, read(reader, 100), now);
    expect(state.timelines[1]!.messages[0]!.read_count).toBe(2);
  });

  test("of me in another window clears the count", () => {
    const last = { ...makeConversation().last_message!, id: 101 };
    const before = stateWith({ unread_count: 2, mention_count: 1, last_message: last }, [
      theirs(100),
      theirs(101),
    ]);
    const after = reduceFrame(before, read(TEACHER.id, 101), now);
    expect(after.conversations[1]).toMatchObject({ unread_count: 0, mention_count: 0, rev: 30 });
    expect(after.timelines[1]!.messages.every((message) => message.is_read)).toBe(true);
  });

  test("of me, of a part of it, counts what is left", () => {
    const last = { ...makeConversation().last_message!, id: 103 };
    const messages = [theirs(100), theirs(101), mine(102), theirs(103)];
    const after = reduceFrame(
      stateWith({ unread_count: 3, last_message: last }, messages),
      read(TEACHER.id, 100),
      now,
    );
    expect(after.conversations[1]!.unread_count).toBe(2);
  });

  test("of me where the messages are not loaded makes the conversation be asked for", () => {
    const last = { ...makeConversation().last_message!, id: 103 };
    const before = { ...stateWith({ unread_count: 3, last_message: last }), timelines: {} };
    const frame = read(TEACHER.id, 100);
    expect(conversationToRefresh(before, reduceFrame(before, frame, now), frame)).toBe(1);
  });

  test("what I have read does not become unread by a frame that was on its way", () => {
    const last = { ...makeConversation().last_message!, id: 101 };
    const before = stateWith({ unread_count: 1, last_message: last }, [theirs(101)]);
    const after = reduceFrame(before, read(TEACHER.id, 101), now);
    const late = makeConversation({ id: 1, rev: 40, unread_count: 1, last_message: last });
    const frame: Frame = { type: "conversation.updated", conversation_id: 1, rev: 40, conversation: late };
    expect(reduceFrame(after, frame, now).conversations[1]!.unread_count).toBe(0);
  });
});

describe("conversations and people", () => {
  test("an older conversation never replaces a newer one", () => {
    const before = stateWith({ rev: 10, name: "Новое имя" });
    const old = makeConversation({ id: 1, rev: 9, name: "Старое имя" });
    const frame: Frame = { type: "conversation.updated", conversation_id: 1, rev: 9, conversation: old };
    expect(reduceFrame(before, frame, now).conversations[1]!.name).toBe("Новое имя");
  });

  test("a change that a message has overtaken is asked for", () => {
    const before = reduceFrame(stateWith({ rev: 10, name: "Старое имя" }), newMessage({}, 21), now);
    const conversation = makeConversation({ id: 1, rev: 20, name: "Новое имя" });
    const frame: Frame = { type: "conversation.updated", conversation_id: 1, rev: 20, conversation };
    expect(conversationToRefresh(before, reduceFrame(before, frame, now), frame)).toBe(1);
    const inTurn = { ...frame, rev: 22, conversation: { ...conversation, rev: 22 } };
    expect(conversationToRefresh(before, reduceFrame(before, inTurn, now), inTurn)).toBeNull();
  });

  test("a removed conversation is gone with its messages, and closed", () => {
    const before = { ...stateWith({}, [makeMessage()]), activeId: 1 };
    const after = reduceFrame(before, { type: "conversation.removed", conversation_id: 1, rev: 20 }, now);
    expect(after).toMatchObject({ conversations: {}, timelines: {}, activeId: null });
  });

  test("a cleared conversation shows no messages any more", () => {
    const before = stateWith({}, [makeMessage()]);
    const conversation = makeConversation({ id: 1, rev: 20, last_message: null });
    const frame: Frame = { type: "conversation.updated", conversation_id: 1, rev: 20, conversation };
    expect(reduceFrame(before, frame, now).timelines[1]!.messages).toEqual([]);
  });

  test("presence changes the person and the direct conversation with them", () => {
    const frame: Frame = {
      type: "presence.changed",
      conversation_id: null,
      rev: null,
      user_id: STUDENT.id,
      is_online: false,
      last_seen: NOW,
    };
    const after = reduceFrame(stateWith({ participant: STUDENT }), frame, now);
    expect(after.presence[STUDENT.id]).toEqual({ isOnline: false, lastSeen: NOW });
    expect(after.conversations[1]!.participant).toMatchObject({ is_online: false, last_seen: NOW });
  });

  test("a frame of a type that we do not know changes nothing", () => {
    const before = stateWith({});
    expect(reduceFrame(before, { type: "lesson.started" } as unknown as Frame, now)).toBe(before);
  });
});
