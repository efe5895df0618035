import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Notice } from "../context/client";
import { isQuietHour, judge, type Situation } from "../model/notices";
import { type ChatStore, createChatStore } from "../store/store";
import { CLASSMATE, makeConversation, makeFile, makeMe, makeMessage, TEACHER } from "../testing";
import { NotificationService } from "./notificationService";
import { ringerOf, type Tab } from "./tabs";

const tab = (part: Partial<Tab> = {}): Tab => ({
  id: "a",
  isVisible: true,
  isFocused: true,
  activeId: null,
  ...part,
});
const me = makeMe({ settings: { sound: true, desktop: true, language: "ru", quiet_hours: null } });

const situation = (part: Partial<Situation> = {}): Situation => {
  const own = part.tab ?? tab();
  return {
    me,
    conversation: makeConversation({ id: 1, unread_count: 1 }),
    readId: 0,
    tab: own,
    tabs: [own],
    isRinger: true,
    now: new Date("2025-11-14T12:00:00"),
    ...part,
  };
};

const SILENT = { toast: false, sound: false, desktop: false };
const hidden = tab({ isVisible: false, isFocused: false });

describe("What deserves a word", () => {
  test("a message of a chat that is not open: a toast with a sound", () => {
    expect(judge(makeMessage(), situation())).toEqual({ toast: true, sound: true, desktop: false });
  });

  test("the open chat in a window that is looked at: nothing, in no window", () => {
    const reading = tab({ id: "b", activeId: 1 });
    expect(judge(makeMessage(), situation({ tab: reading }))).toEqual(SILENT);
    expect(judge(makeMessage(), situation({ tab: hidden, tabs: [hidden, reading] }))).toEqual(SILENT);
  });

  test("the window is hidden: a desktop notification", () => {
    expect(judge(makeMessage(), situation({ tab: hidden }))).toMatchObject({ sound: true, desktop: true });
  });

  test("the chat is open, but another program is in front: sound and desktop, no toast", () => {
    const behind = tab({ isFocused: false, activeId: 1 });
    expect(judge(makeMessage(), situation({ tab: behind }))).toEqual({
      toast: false,
      sound: true,
      desktop: true,
    });
  });

  test.each([
    ["my own", makeMessage({ sender: TEACHER })],
    ["of the system", makeMessage({ sender: null })],
    ["deleted", makeMessage({ is_deleted: true })],
    ["read elsewhere", makeMessage({ is_read: true })],
  ])("%s: nothing", (_, message) => {
    expect(judge(message, situation())).toEqual(SILENT);
  });

  test("read since it was sent, here or elsewhere: nothing", () => {
    expect(judge(makeMessage({ id: 7 }), situation({ readId: 7 }))).toEqual(SILENT);
    expect(judge(makeMessage({ id: 8 }), situation({ readId: 7 })).toast).toBe(true);
    const conversation = makeConversation({ id: 1, unread_count: 0 });
    expect(judge(makeMessage(), situation({ conversation }))).toEqual(SILENT);
  });

  test("muted: nothing, unless I am mentioned; then without a sound", () => {
    const conversation = makeConversation({ id: 1, is_muted: true, unread_count: 1 });
    expect(judge(makeMessage(), situation({ conversation }))).toEqual(SILENT);
    const mention = makeMessage({ mentions: [me.id] });
    expect(judge(mention, situation({ conversation }))).toMatchObject({ toast: true, sound: false });
  });

  test("quiet hours: a toast, no sound, no desktop notification", () => {
    const quiet = makeMe({ settings: { ...me.settings, quiet_hours: { from: "22:00", to: "07:00" } } });
    const now = new Date("2025-11-14T23:30:00");
    expect(judge(makeMessage(), situation({ me: quiet, tab: hidden, now }))).toMatchObject({
      sound: false,
      desktop: false,
    });
  });

  test("only one window rings", () => {
    expect(judge(makeMessage(), situation({ isRinger: false, tab: hidden }))).toMatchObject({
      sound: false,
      desktop: false,
    });
    expect(ringerOf([hidden, tab({ id: "c", isFocused: false }), tab({ id: "z" })])!.id).toBe("z");
    expect(ringerOf([tab({ id: "c" }), tab({ id: "b" })])!.id).toBe("b");
  });

  test("settings are respected", () => {
    const off = makeMe({ settings: { ...me.settings, sound: false, desktop: false } });
    expect(judge(makeMessage(), situation({ me: off, tab: hidden }))).toMatchObject({
      sound: false,
      desktop: false,
    });
  });

  test.each([
    ["22:00", "07:00", "23:00", true],
    ["22:00", "07:00", "06:59", true],
    ["22:00", "07:00", "07:00", false],
    ["13:00", "14:00", "13:30", true],
    ["13:00", "14:00", "14:00", false],
  ])("quiet from %s to %s: %s is %s", (from, to, clock, expected) => {
    expect(isQuietHour({ from, to }, new Date(`2025-11-14T${clock}:00`))).toBe(expected);
  });
});

describe("Telling", () => {
  let store: ChatStore;
  let own: Tab;
  let notices: Notice[];
  let service: NotificationService;
  const open = vi.fn();
  const shown: { title: string; body: string; click(): void }[] = [];

  beforeEach(() => {
    shown.length = 0;
    open.mockReset();
    vi.spyOn(window, "focus").mockImplementation(() => {});
    own = tab();
    notices = [];
    const group = makeConversation({ id: 2, is_group: true, name: "9 класс", unread_count: 2 });
    const [one, other] = [1, 4].map((id) => makeConversation({ id, unread_count: 1 }));
    store = createChatStore({ me, conversations: { 1: one!, 2: group, 4: other! } });
    service = new NotificationService({ store, tabs: { self: () => own, list: async () => [own] }, open });
    service.subscribe((notice) => notices.push(notice));
    class FakeNotification {
      static permission = "granted";
      static requestPermission = async () => "granted";
      onclick: (() => void) | null = null;
      constructor(title: string, { body = "" }: NotificationOptions) {
        shown.push({ title, body, click: () => this.onclick?.() });
      }
      close() {}
    }
    vi.stubGlobal("Notification", FakeNotification);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("a toast names the sender, and in a group the group", async () => {
    await service.message(makeMessage({ id: 7, conversation_id: 2, sender: CLASSMATE, mentions: [me.id] }));
    expect(notices).toMatchObject([
      { kind: "message", conversationId: 2, title: "Алёна Ёлкина · 9 класс", isMention: true, isLoud: true },
    ]);
  });

  test("a desktop notification has plain words and opens its chat at the message", async () => {
    own = hidden;
    await service.message(makeMessage({ id: 7, text: "**Завтра** контрольная" }));
    expect(shown).toMatchObject([{ title: "Иван Иванов", body: "Завтра контрольная" }]);
    shown[0]!.click();
    expect(open).toHaveBeenCalledWith(1, 7);
  });

  test("a file is named", async () => {
    own = hidden;
    await service.message(makeMessage({ file: makeFile() }));
    expect(shown[0]!.body).toBe("screenshot.jpg");
  });

  test("without permission, or where the browser refuses to make one, nothing breaks", async () => {
    own = hidden;
    vi.stubGlobal(
      "Notification",
      class {
        static permission = "granted";
        constructor() {
          throw new TypeError("Illegal constructor");
        }
      },
    );
    await service.message(makeMessage());
    vi.stubGlobal("Notification", undefined);
    expect(
      await new NotificationService({
        store,
        tabs: { self: () => own, list: async () => [own] },
        open,
      }).requestDesktop(),
    ).toBe("denied");
    expect(shown).toEqual([]);
  });

  test("after an absence: one word for all, none for muted chats and the one on screen", async () => {
    const muted = makeConversation({ id: 3, is_muted: true, unread_count: 1 });
    store.setState((state) => ({ conversations: { ...state.conversations, 3: muted } }));
    own = tab({ activeId: 1 });
    const of = (conversation_id: number) => makeMessage({ conversation_id });
    const group = [of(2), of(2), of(4)];
    await service.missed([of(1), of(3), ...group]);
    expect(notices).toMatchObject([
      { kind: "summary", messages: 3, conversations: 2, lastConversationId: 4 },
    ]);
    expect(shown).toEqual([]);
  });

  test("a message is told once, whatever brings it again", async () => {
    const message = makeMessage({ id: 7 });
    await Promise.all([service.message(message), service.message(message)]);
    await service.missed([message, makeMessage({ id: 8 })]);
    expect(notices.map(({ key }) => key)).toEqual(["message-7", "message-8"]);
  });

  test("of a conversation that is not mine any more nothing is told", async () => {
    await service.message(makeMessage({ conversation_id: 99 }));
    await service.missed([makeMessage({ conversation_id: 99 }), makeMessage({ conversation_id: 99 })]);
    expect(notices).toEqual([]);
  });

  test("as long as nobody knows who I am, nothing is told: it may be my own", async () => {
    store.setState({ me: null });
    await service.missed([makeMessage(), makeMessage()]);
    expect(notices).toEqual([]);
  });

  test("my own messages, and those read meanwhile, are not counted in the one word", async () => {
    store.setState({ myReads: { 2: 20 } });
    const mine = makeMessage({ sender: TEACHER });
    await service.missed([mine, makeMessage({ id: 20, conversation_id: 2 }), makeMessage({ id: 21 })]);
    expect(notices).toMatchObject([{ kind: "message", key: "message-21" }]);
  });

  test("in quiet hours the one word for all makes no sound either", async () => {
    const quiet_hours = { from: "00:00", to: "23:59" };
    vi.setSystemTime(new Date("2025-11-14T12:00:00"));
    store.setState({ me: makeMe({ settings: { ...me.settings, quiet_hours } }) });
    await service.missed([makeMessage(), makeMessage()]);
    vi.useRealTimers();
    expect(notices).toMatchObject([{ kind: "summary", isLoud: false }]);
  });

  test("after an absence with one message: that message", async () => {
    await service.missed([makeMessage()]);
    expect(notices).toMatchObject([{ kind: "message" }]);
  });

  test("after an absence without any: silence", async () => {
    await service.missed([]);
    expect(notices).toEqual([]);
  });

  test("those who show the permission learn that it changed", async () => {
    const listener = vi.fn();
    service.subscribePermission(listener);
    await service.requestDesktop();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
