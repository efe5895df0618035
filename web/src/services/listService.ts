import type { ListActions } from "../context/client";
import type { Conversation, Filter } from "../model/types";
import {
  addPage,
  beginList,
  failList,
  putAsked,
  putConversations,
  putListed,
  removeConversations,
} from "../store/conversations";
import { EMPTY_LIST } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { ApiError } from "./apiError";
import type { ChatService } from "./chatService";

const FIRST_SIZE = 50;

/** Pages of conversations, by filter and search; all of them end in the one table of conversations. */
export class ListService implements ListActions {
  private readonly refreshing = new Map<number, Promise<void>>();

  constructor(
    private readonly store: ChatStore,
    private readonly api: ChatService,
    /** Lists are asked for only when the person is known. */
    private readonly ready: () => Promise<void>,
  ) {}

  load = (key: string): void => {
    const list = this.store.getState().lists[key];
    if (!list || (list.error !== null && !list.isLoading)) void this.fetch(key, list?.nextPage ?? 1);
  };

  loadMore = (key: string): void => {
    const list = this.store.getState().lists[key] ?? EMPTY_LIST;
    if (list.nextPage !== null && !list.isLoading) void this.fetch(key, list.nextPage);
  };

  /** Ask for one conversation anew; several wishes at once are one call. */
  refresh(id: number): Promise<void> {
    let running = this.refreshing.get(id);
    if (!running) {
      running = this.fetchOne(id).finally(() => this.refreshing.delete(id));
      this.refreshing.set(id, running);
    }
    return running;
  }

  /** Until it is in the state: no page that was loaded need have brought it. Unlike `refresh` it throws what went wrong. */
  async ensure(id: number): Promise<void> {
    if (id in this.store.getState().conversations) return;
    const conversation = await this.api.getConversation(id);
    apply(this.store, (state) => putAsked(state, conversation));
  }

  /** All that is unread must be counted, also where it is not on the first page. */
  async loadUnread(): Promise<void> {
    for (let number = 1; ; number += 1) {
      const page = await this.api.getConversations({ filter: "unread", page: number, page_size: 200 });
      apply(this.store, (state) => putListed(state, page.results));
      if (page.next === null) return;
    }
  }

  /** Who is online may have changed unheard. */
  async refreshFirstPage(): Promise<void> {
    const page = await this.api.getConversations({ filter: "all", page: 1, page_size: FIRST_SIZE });
    apply(this.store, (state) => putListed(state, page.results));
  }

  private async fetch(key: string, number: number): Promise<void> {
    apply(this.store, (state) => beginList(state, key));
    const [filter = "all", search = ""] = key.split("\n") as [Filter, string];
    try {
      await this.ready();
      const page = await this.api.getConversations({ filter, search, page: number, page_size: FIRST_SIZE });
      apply(this.store, (state) => addPage(state, key, page, number, search !== ""));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404 && number > 1) {
        // The list has become shorter: there is no such page any more.
        const none = { count: 0, next: null, previous: null, results: [] as Conversation[] };
        apply(this.store, (state) => addPage(state, key, none, number, search !== ""));
        return;
      }
      apply(this.store, (state) => failList(state, key, error));
    }
  }

  private async fetchOne(id: number): Promise<void> {
    try {
      const conversation = await this.api.getConversation(id);
      apply(this.store, (state) => putConversations(state, [conversation]));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) apply(this.store, (state) => removeConversations(state, [id]));
    }
  }
}
