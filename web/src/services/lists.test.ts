import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";
import type { Conversation } from "../model/types";
import { selectConversations, selectUnreadTotal } from "../store/selectors";
import { EMPTY_TIMELINE, listKey } from "../store/state";
import { type ChatStore, createChatStore } from "../store/store";
import { makeConversation, makeMe, makeMessage } from "../testing";
import { createStubApi, page, type StubApi, until } from "../testing/api";
import { ApiError, networkError } from "./apiError";
import { ConversationService } from "./conversationService";
import { ListService } from "./listService";

let store: ChatStore;
let api: StubApi;
let lists: ListService;
const ALL = listKey("all", "");

beforeEach(() => {
  store = createChatStore({ me: makeMe() });
  api = createStubApi({
    getConversations: async ({ page: number = 1 }) =>
      page([makeConversation({ id: number })], { next: number < 3 ? "http://school.test/more" : null }),
  });
  lists = new ListService(store, api, () => Promise.resolve());
});

const state = () => store.getState();

describe("Lists", () => {
  test("a list is loaded once, page after page, to its end", async () => {
    lists.load(ALL);
    lists.load(ALL);
    await until(() => expect(state().lists[ALL]).toMatchObject({ nextPage: 2, isLoading: false }));
    lists.loadMore(ALL);
    lists.loadMore(ALL);
    await until(() => expect(state().lists[ALL]).toMatchObject({ nextPage: 3, isLoading: false }));
    lists.loadMore(ALL);
    await until(() => expect(state().lists[ALL]!.nextPage).toBeNull());
    lists.loadMore(ALL);
    expect(api.calls.getConversations.map(([query]) => query.page)).toEqual([1, 2, 3]);
    expect(Object.keys(state().conversations)).toEqual(["1", "2", "3"]);
  });

  test("a failed page says so, and the next look tries again", async () => {
    api.on({ getConversations: () => Promise.reject(networkError()) });
    lists.load(ALL);
    await until(() =>
      expect(state().lists[ALL]).toMatchObject({ error: { code: "network" }, isLoading: false }),
    );
    api.on({ getConversations: async () => page([]) });
    lists.load(ALL);
    await until(() => expect(state().lists[ALL]).toMatchObject({ error: null, nextPage: null }));
  });

  test("a list that became shorter ends there", async () => {
    store.setState({ lists: { [ALL]: { nextPage: 4, isLoading: false, error: null, found: new Set() } } });
    api.on({ getConversations: () => Promise.reject(new ApiError(404, "not_found", "Invalid page.")) });
    lists.loadMore(ALL);
    await until(() => expect(state().lists[ALL]).toMatchObject({ nextPage: null, error: null }));
  });

  test("a search shows what matches here at once, and what the server finds", async () => {
    const here = makeConversation({ id: 1, name: "Алёна Ёлкина" });
    const there = makeConversation({ id: 2, name: "Е. Иванова" });
    store.setState({ conversations: { 1: here } });
    const found = (search: string) => {
      const list = state().lists[listKey("all", search)];
      return selectConversations(state().conversations, "all", search, list?.found ?? new Set()).map(
        (c) => c.id,
      );
    };
    expect(found("елкина")).toEqual([1]);
    api.on({ getConversations: async () => page([there]) });
    lists.load(listKey("all", "Елкина "));
    await until(() => expect(found("елкина")).toEqual(expect.arrayContaining([1, 2])));
    expect(api.calls.getConversations[0]![0]).toMatchObject({ search: "елкина" });
  });

  test("of the searches only the last ones are remembered; the lists themselves stay", async () => {
    const last = Array.from({ length: 30 }, (_, index) => listKey("all", "я".repeat(index + 1)));
    lists.load(ALL);
    for (const key of last) lists.load(key);
    await until(() => expect(state().lists[last.at(-1)!]).toMatchObject({ isLoading: false }));
    expect(Object.keys(state().lists).sort()).toEqual([ALL, ...last.slice(-10)].sort());
  });

  test("one conversation asked for many times is one call; gone is gone", async () => {
    store.setState({ conversations: { 1: makeConversation({ id: 1 }) } });
    api.on({ getConversation: () => Promise.reject(new ApiError(404, "not_found", "")) });
    await Promise.all([lists.refresh(1), lists.refresh(1), lists.refresh(1)]);
    expect(api.calls.getConversation).toEqual([[1]]);
    expect(state().conversations).toEqual({});
  });

  test("a conversation that no page has brought is asked for once; what is in the way is the asker's to say", async () => {
    api.on({ getConversation: async (id) => makeConversation({ id }) });
    await lists.ensure(77);
    await lists.ensure(77);
    expect(api.calls.getConversation).toEqual([[77]]);
    expect(state().conversations[77]).toMatchObject({ id: 77 });
    api.on({ getConversation: () => Promise.reject(new ApiError(404, "not_found", "")) });
    store.setState({ activeId: 78 });
    await expect(lists.ensure(78)).rejects.toMatchObject({ status: 404 });
    expect(state().activeId).toBe(78);
  });

  test("among the unread the one that is being read stays", () => {
    const all = { 1: makeConversation({ id: 1 }), 2: makeConversation({ id: 2, unread_count: 1 }) };
    const ids = (filter: "unread" | "groups", stays: number | null) =>
      selectConversations(all, filter, "", new Set(), stays).map((c) => c.id);
    expect(ids("unread", null)).toEqual([2]);
    expect(ids("unread", 1)).toEqual([2, 1]);
    expect(ids("groups", 1)).toEqual([]);
  });

  test("filters and the order of activity", () => {
    const at = (id: number, updated_at: string, part: Partial<Conversation> = {}) =>
      makeConversation({ id, updated_at, ...part });
    const all = {
      1: at(1, "2025-11-14T10:00:00.000Z", { unread_count: 2 }),
      2: at(2, "2025-11-14T12:00:00.000Z", { is_group: true }),
      3: at(3, "2025-11-14T11:00:00.000Z", { unread_count: 5, is_muted: true, mention_count: 1 }),
    };
    const ids = (filter: "all" | "unread" | "groups") =>
      selectConversations(all, filter, "", new Set()).map((c) => c.id);
    expect(ids("all")).toEqual([2, 3, 1]);
    expect(ids("unread")).toEqual([3, 1]);
    expect(ids("groups")).toEqual([2]);
    store.setState({ conversations: all });
    expect(selectUnreadTotal(state())).toBe(3); // of a muted chat the mentions only
  });
});

describe("What can be done with a conversation", () => {
  let does: ConversationService;
  const refreshed: number[] = [];

  beforeEach(() => {
    refreshed.length = 0;
    store.setState({ conversations: { 1: makeConversation({ id: 1, rev: 1 }) } });
    does = new ConversationService(store, api, new QueryClient(), async (id) => {
      refreshed.push(id);
    });
  });

  test("the answer is what is shown", async () => {
    api.on({ rename: async (id, name) => makeConversation({ id, name, rev: 2 }) });
    await does.rename(1, "9 «А»");
    expect(state().conversations[1]!.name).toBe("9 «А»");
  });

  test("muting is seen at once, and taken back when it is refused", async () => {
    api.on({ setMuted: () => Promise.reject(networkError()) });
    const muting = does.setMuted(1, true);
    expect(state().conversations[1]!.is_muted).toBe(true);
    await expect(muting).rejects.toMatchObject({ code: "network" });
    expect(state().conversations[1]!.is_muted).toBe(false);
  });

  test("settings are seen at once, and taken back when they are refused", async () => {
    api.on({ patchSettings: () => Promise.reject(networkError()) });
    const changing = does.updateSettings({ sound: false });
    expect(state().me!.settings.sound).toBe(false);
    await expect(changing).rejects.toMatchObject({ code: "network" });
    expect(state().me!.settings.sound).toBe(true);
  });

  test("a conversation that I leave is gone; a group that I archive stays to be read", async () => {
    api.on({ leaveOrArchive: async () => {} });
    store.setState({
      conversations: { 1: makeConversation({ id: 1 }), 2: makeConversation({ id: 2, is_group: true }) },
    });
    await does.leaveOrArchive(1);
    await does.leaveOrArchive(2);
    expect(Object.keys(state().conversations)).toEqual(["2"]);
    expect(refreshed).toEqual([2]);
  });

  test("cleared: no message is left on screen", async () => {
    api.on({ clear: async () => {} });
    store.setState({ timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", messages: [makeMessage()] } } });
    await does.clear(1);
    expect(state().timelines[1]!.messages).toEqual([]);
  });

  test("an edited or deleted message changes without waiting for its frame", async () => {
    const message = makeMessage({ id: 7, rev: 1, text: "Превет" });
    store.setState({ timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", messages: [message] } } });
    api.on({
      editMessage: async () => ({ ...message, text: "Привет", rev: 2 }),
      deleteMessage: async () => {},
    });
    await does.edit(7, "Привет");
    expect(state().timelines[1]!.messages[0]!.text).toBe("Привет");
    await does.remove(7);
    expect(state().timelines[1]!.messages[0]).toMatchObject({ is_deleted: true, text: "" });
  });

  test("a new conversation is in the list, and its id is told", async () => {
    api.on({
      createDirect: async () => makeConversation({ id: 9 }),
      createGroup: async () => makeConversation({ id: 10 }),
    });
    expect(await does.createDirect(5)).toBe(9);
    expect(await does.createGroup("Кружок", [5, 6])).toBe(10);
    expect(Object.keys(state().conversations)).toEqual(["1", "9", "10"]);
  });
});
