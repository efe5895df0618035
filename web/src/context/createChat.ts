import { QueryClient } from "@tanstack/react-query";
import { createIntl } from "react-intl";
import type { EarlyCache } from "../cache/earlyCache";
import { MESSAGES } from "../i18n/messages";
import { formatSize } from "../model/time";
import type { Language } from "../model/types";
import { serverBase } from "../services/addresses";
import { ApiError } from "../services/apiError";
import { createChatService } from "../services/chatService";
import { ConversationService } from "../services/conversationService";
import { ALLOWED_NAMES } from "../services/fileRules";
import { Http } from "../services/http";
import { ListService } from "../services/listService";
import { NotificationService } from "../services/notificationService";
import { ReadService } from "../services/readService";
import { TimelineService } from "../services/timelineService";
import { type GetToken, Tokens } from "../services/tokens";
import { createUploader } from "../services/uploadService";
import { type FaultText, Uploads } from "../services/uploads";
import { stateOfKept } from "../store/kept";
import { EMPTY_STATE } from "../store/state";
import { createChatStore } from "../store/store";
import type { ChatClient } from "./client";
import { Gate } from "./gate";
import { Run } from "./run";

export interface ChatOptions {
  /** The bridge's address; empty: the page's own. */
  apiBase: string;
  getToken: GetToken;
  /** Who was signed in here last, where that is known: their cached chats are shown before the token is there. */
  lastPersonId?: number | null;
  /** The cache of that person, where it was opened before the chat was made: what was read is there from the first drawing. */
  early?: EarlyCache | null;
  /** The language of the few sentences that are not made by views. */
  getLocale?: () => Language;
}

/** Put all parts together. Nothing happens before `start`. */
export function createChat(options: ChatOptions): ChatClient {
  const { apiBase, getToken, lastPersonId = null, early = null, getLocale = () => "ru" } = options;
  const server = serverBase(apiBase);
  const kept = lastPersonId === null ? null : early?.startFor(server, lastPersonId);
  const store = createChatStore(kept ? stateOfKept(kept) : {});
  const tokens = new Tokens(getToken);
  const http = new Http(apiBase, tokens);
  const api = createChatService(http);
  const upload = createUploader(apiBase, tokens);
  const queries = createQueries();
  const gate = new Gate();
  const ready = () => gate.pass();
  const lists = new ListService(store, api, ready);
  const reads = new ReadService(store, api);
  let run: Run | null = null;
  const timelines = new TimelineService({
    store,
    api,
    queries,
    reads,
    cache: () => run?.cache ?? null,
    ready,
  });
  const tabs = {
    self: () => run?.tabs?.self() ?? NO_TAB,
    list: async () => (await run?.tabs?.list()) ?? [NO_TAB],
  };
  const notifications = new NotificationService({ store, tabs, open: timelines.open });
  const signedOutListeners = new Set<() => void>();

  const halt = async (isWiped: boolean, isToldToOthers: boolean): Promise<void> => {
    const ended = run;
    run = null;
    gate.shut();
    if (isWiped) {
      await ended?.wipe(isToldToOthers);
      store.setState(EMPTY_STATE, true);
      queries.clear();
    } else {
      ended?.stop();
    }
  };
  const onSignedOut = (isWiped: boolean): void => {
    if (!run) return; // several calls were refused at the same moment
    void halt(isWiped, false).then(() => {
      for (const listener of signedOutListeners) listener();
    });
  };

  return {
    store,
    api,
    queries,
    lists,
    timelines,
    outbox: {
      send: (conversationId, draft) => {
        timelines.jumpToLatest(conversationId);
        run?.outbox?.send(conversationId, draft);
      },
      retry: (clientId) => run?.outbox?.retry(clientId),
      discard: (clientId) => run?.outbox?.discard(clientId),
    },
    typing: { notify: (conversationId, isTyping) => run?.typing.notify(conversationId, isTyping) },
    uploads: new Uploads(store, faultTexts(getLocale)),
    connection: { retryNow: () => run?.wake() },
    notifications,
    conversations: new ConversationService(store, api, queries, (id) => lists.refresh(id)),
    start: () => {
      if (run) return;
      const parts = {
        apiBase,
        server,
        lastPersonId,
        early,
        store,
        tokens,
        api,
        upload,
        queries,
        lists,
        timelines,
      };
      run = new Run({ ...parts, notifications, onSignedOut, onReady: () => gate.open() }, reads);
      void run.start();
    },
    stop: () => void halt(false, false),
    signOut: () => halt(true, true),
    onSignedOut: (listener) => {
      signedOutListeners.add(listener);
      return () => signedOutListeners.delete(listener);
    },
  };
}

const NO_TAB = { id: "", isVisible: false, isFocused: false, activeId: null };

function createQueries(): QueryClient {
  const isWorthARepeat = (failures: number, error: Error) =>
    failures < 3 && error instanceof ApiError && error.isTemporary;
  return new QueryClient({
    defaultOptions: { queries: { retry: isWorthARepeat, staleTime: 30_000, refetchOnWindowFocus: false } },
  });
}

function faultTexts(getLocale: () => Language): FaultText {
  return (fault) => {
    const locale = getLocale();
    const intl = createIntl({ locale, messages: MESSAGES[locale] });
    const limit = "limit" in fault ? formatSize(fault.limit, locale) : "";
    return intl.formatMessage(
      { id: `error.${fault.code}` },
      { name: fault.name, limit, allowed: ALLOWED_NAMES },
    );
  };
}
