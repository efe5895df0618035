import { QueryClient } from "@tanstack/react-query";
import type { ChatClient, Notice } from "../context/client";
import type { Frame } from "../model/frames";
import type { Contact, Conversation, Me, Message, Page, Participant } from "../model/types";
import type { ChatService } from "../services/chatService";
import { type ChatState, EMPTY_LIST, EMPTY_TIMELINE, listKey } from "../store/state";
import { createChatStore } from "../store/store";
import { makeMe } from "./fixtures";

export interface FakeOptions {
  me?: Me;
  conversations?: Conversation[];
  /** By conversation, ascending by id. */
  messages?: Record<number, Message[]>;
  participants?: Record<number, Participant[]>;
  contacts?: Contact[];
  /** Any other part of the state. */
  state?: Partial<ChatState>;
  desktopPermission?: NotificationPermission | "unsupported";
  /** Replaces single actions, for failures for example: `{ "conversations.rename": async () => { throw … } }`. */
  actions?: Record<string, (...args: never[]) => unknown>;
}

export interface FakeClient extends ChatClient {
  /** What the views have asked for: `["outbox.send", 1, {…}]`. */
  readonly calls: [string, ...unknown[]][];
  /** All calls of one action, without its name. */
  callsOf(name: string): unknown[][];
  /** Make a toast appear. */
  notify(notice: Notice): void;
  /** The server tells something; the state is not changed by it. */
  receive(frame: Frame): void;
  /** The session is over. */
  endSession(): void;
}

/** A client that talks to nobody: views are tested and shown with it. */
export function createFakeClient(options: FakeOptions = {}): FakeClient {
  const calls: [string, ...unknown[]][] = [];
  const listeners = new Set<(notice: Notice) => void>();
  const frameListeners = new Set<(frame: Frame) => void>();
  const signedOutListeners = new Set<() => void>();
  const store = createChatStore(stateOf(options));
  const does =
    <Args extends unknown[], Answer>(name: string, answer: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      calls.push([name, ...args]);
      const replaced = options.actions?.[name] as ((...args: Args) => Answer) | undefined;
      return (replaced ?? answer)(...args);
    };
  const nothing = (name: string) => does(name, () => undefined);
  const later = (name: string) => does(name, async () => undefined);
  return {
    store,
    api: fakeApi(options),
    queries: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
    lists: { load: nothing("lists.load"), loadMore: nothing("lists.loadMore") },
    timelines: {
      open: does("timelines.open", (id: number | null) => store.setState({ activeId: id })),
      ensure: nothing("timelines.ensure"),
      retry: nothing("timelines.retry"),
      loadOlder: nothing("timelines.loadOlder"),
      loadNewer: nothing("timelines.loadNewer"),
      jumpToLatest: nothing("timelines.jumpToLatest"),
      jumpTo: later("timelines.jumpTo"),
      seen: nothing("timelines.seen"),
    },
    outbox: {
      send: does("outbox.send", () => true),
      retry: later("outbox.retry"),
      discard: later("outbox.discard"),
    },
    typing: { notify: nothing("typing.notify") },
    uploads: {
      add: nothing("uploads.add"),
      remove: nothing("uploads.remove"),
      clear: nothing("uploads.clear"),
    },
    connection: {
      retryNow: nothing("connection.retryNow"),
      subscribe: (listener) => {
        frameListeners.add(listener);
        return () => frameListeners.delete(listener);
      },
    },
    notifications: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      requestDesktop: does("notifications.requestDesktop", async () => "granted" as NotificationPermission),
      desktopPermission: () => options.desktopPermission ?? "default",
      subscribePermission: () => () => {},
    },
    conversations: {
      updateSettings: does("conversations.updateSettings", async (patch) => {
        const { me } = store.getState();
        if (me) store.setState({ me: { ...me, settings: { ...me.settings, ...patch } } });
      }),
      edit: later("conversations.edit"),
      remove: later("conversations.remove"),
      rename: later("conversations.rename"),
      setMuted: later("conversations.setMuted"),
      clear: later("conversations.clear"),
      block: later("conversations.block"),
      unblock: later("conversations.unblock"),
      leaveOrArchive: later("conversations.leaveOrArchive"),
      createDirect: does("conversations.createDirect", async () => 1),
      createGroup: does("conversations.createGroup", async () => 1),
      addParticipants: later("conversations.addParticipants"),
      removeParticipant: later("conversations.removeParticipant"),
    },
    start: nothing("start"),
    stop: nothing("stop"),
    signOut: later("signOut"),
    onSignedOut: (listener) => {
      signedOutListeners.add(listener);
      return () => signedOutListeners.delete(listener);
    },
    calls,
    callsOf: (name) => calls.filter((call) => call[0] === name).map(([, ...args]) => args),
    notify: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    receive: (frame) => {
      for (const listener of frameListeners) listener(frame);
    },
    endSession: () => {
      store.setState({ connection: { state: "signed_out", retryAt: null } });
      for (const listener of signedOutListeners) listener();
    },
  };
}

function stateOf(options: FakeOptions): Partial<ChatState> {
  const conversations = options.conversations ?? [];
  const ready = { ...EMPTY_LIST, nextPage: null };
  const timelines = Object.entries(options.messages ?? {}).map(([id, messages]) => [
    id,
    { ...EMPTY_TIMELINE, messages, status: "ready" },
  ]);
  const people = conversations.flatMap((c) => (c.participant ? [c.participant] : []));
  return {
    me: options.me ?? makeMe(),
    conversations: Object.fromEntries(conversations.map((c) => [c.id, c])),
    lists: { [listKey("all", "")]: ready, [listKey("unread", "")]: ready, [listKey("groups", "")]: ready },
    timelines: Object.fromEntries(timelines),
    presence: Object.fromEntries(people.map((p) => [p.id, { isOnline: p.is_online, lastSeen: p.last_seen }])),
    connection: { state: "online", retryAt: null },
    ...options.state,
  };
}

function fakeApi(options: FakeOptions): ChatService {
  const api: Partial<ChatService> = {
    getContacts: async ({ search = "" }) =>
      page((options.contacts ?? []).filter((one) => one.name.toLowerCase().includes(search.toLowerCase()))),
    getParticipants: async (id) => page(options.participants?.[id] ?? []),
  };
  return new Proxy(api as ChatService, {
    get: (target, name) =>
      Reflect.get(target, name) ?? (() => Promise.reject(new Error(`The fake API has no ${String(name)}.`))),
  });
}

function page<Item>(results: Item[]): Page<Item> {
  return { count: results.length, next: null, previous: null, results };
}
