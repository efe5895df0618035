import type { EarlyCache } from "../cache/earlyCache";
import type { Frame } from "../model/frames";
import { serverBase } from "../services/addresses";
import { NotificationService } from "../services/notificationService";
import { createQueries } from "../services/queries";
import type { GetToken } from "../services/tokens";
import { Uploads } from "../services/uploads";
import { stateOfKept } from "../store/kept";
import { EMPTY_STATE } from "../store/state";
import { createChatStore } from "../store/store";
import type { ChatClient } from "./client";
import { following } from "./following";
import { type Guest, Visit, type VisitParts } from "./visit";

export interface ChatOptions {
  /** The bridge's address; empty: the page's own. */
  apiBase: string;
  getToken: GetToken;
  /** Who was signed in here last, where that is known: their cached chats are shown before the token is there. */
  lastPersonId?: number | null;
  /** The cache of that person, where it was opened before the chat was made: what was read is there from the first drawing. */
  early?: EarlyCache | null;
}

/** Put all parts together. Nothing happens before `start`. */
export function createChat(options: ChatOptions): ChatClient {
  const { apiBase, getToken, lastPersonId = null, early = null } = options;
  const server = serverBase(apiBase);
  const kept = lastPersonId === null ? null : early?.startFor(server, lastPersonId);
  const store = createChatStore(kept ? stateOfKept(kept) : {});
  const queries = createQueries();
  const signedOutListeners = new Set<() => void>();
  const frameListeners = new Set<(frame: Frame) => void>();

  const parts: VisitParts = {
    apiBase,
    server,
    getToken,
    early,
    store,
    queries,
    notifications: () => notifications,
    onFrame: (frame) => {
      for (const listener of frameListeners) listener(frame);
    },
    onSignedOut: (isWiped) => {
      if (!visit.run) return; // several calls were refused at the same moment
      void endSession(isWiped, false).then(() => {
        for (const listener of signedOutListeners) listener();
      });
    },
    onAnother: (guest) => receive(guest),
  };
  let visit = new Visit(parts, { personId: lastPersonId, token: null });
  const timelines = following(() => visit.timelines);
  const tabs = {
    self: () => visit.run?.profile?.tabs.self() ?? NO_TAB,
    list: async () => (await visit.run?.profile?.tabs.list()) ?? [NO_TAB],
  };
  const notifications = new NotificationService({ store, tabs, open: timelines.open });

  /** Somebody else is signed in: nothing of who was here before is seen or used any more. */
  const receive = (guest: Guest): void => {
    const { activeId } = store.getState();
    const asked = visit.isConfirmed ? null : activeId; // what the address asked for, not what the other one had open
    visit.end();
    store.setState({ ...EMPTY_STATE, activeId: asked }, true);
    visit = new Visit(parts, guest);
    visit.start();
    if (asked !== null) timelines.ensure(asked);
    void queries.resetQueries();
  };
  const endSession = async (isWiped: boolean, isToldToOthers: boolean): Promise<void> => {
    const ended = visit;
    ended.tokens.distrust(); // whoever starts again is asked for a new one
    if (isWiped) {
      await ended.wipe(isToldToOthers);
      store.setState(EMPTY_STATE, true);
      queries.clear();
    } else {
      ended.stop();
    }
    if (visit === ended && !ended.run) store.setState({ connection: { state: "signed_out", retryAt: null } });
  };
  const start = (): void => {
    if (visit.run) return;
    if (store.getState().connection.state === "signed_out") store.setState({ connection: CONNECTING });
    visit.start();
  };
  const outbox = () => visit.run?.profile?.outbox;

  return {
    store,
    api: following(() => visit.api),
    queries,
    lists: following(() => visit.lists),
    timelines,
    outbox: {
      send: (conversationId, draft) => {
        const taker = outbox();
        if (!taker) return false;
        timelines.jumpToLatest(conversationId);
        taker.send(conversationId, draft);
        return true;
      },
      retry: async (clientId) => outbox()?.retry(clientId),
      discard: async (clientId) => outbox()?.discard(clientId),
    },
    typing: { notify: (conversationId, isTyping) => visit.run?.typing.notify(conversationId, isTyping) },
    uploads: new Uploads(store),
    connection: {
      retryNow: () => (visit.run ? visit.run.wake() : start()),
      subscribe: (listener) => {
        frameListeners.add(listener);
        return () => frameListeners.delete(listener);
      },
    },
    notifications,
    conversations: following(() => visit.conversations),
    start,
    stop: () => visit.stop(),
    signOut: () => endSession(true, true),
    onSignedOut: (listener) => {
      signedOutListeners.add(listener);
      return () => signedOutListeners.delete(listener);
    },
  };
}

const CONNECTING = EMPTY_STATE.connection;
const NO_TAB = { id: "", isVisible: false, isFocused: false, activeId: null };
