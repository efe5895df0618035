import type { QueryClient } from "@tanstack/react-query";
import type { EarlyCache } from "../cache/earlyCache";
import { openCache } from "../cache/openCache";
import type { Frame } from "../model/frames";
import { personOf } from "../model/ids";
import type { Me } from "../model/types";
import { type ChatService, createChatService, type UploadFile } from "../services/chatService";
import { ConversationService } from "../services/conversationService";
import { Http } from "../services/http";
import { ListService } from "../services/listService";
import type { NotificationService } from "../services/notificationService";
import { ReadService } from "../services/readService";
import { TimelineService } from "../services/timelineService";
import { type GetToken, Tokens } from "../services/tokens";
import { createUploader } from "../services/uploadService";
import { type ChatStore, lendStore } from "../store/store";
import { Gate } from "./gate";
import { Run } from "./run";

export interface VisitParts {
  apiBase: string;
  server: string;
  getToken: GetToken;
  /** Their cache, if somebody has opened it before. */
  early: EarlyCache | null;
  store: ChatStore;
  queries: QueryClient;
  notifications(): NotificationService;
  onFrame(frame: Frame): void;
  /** Nobody is signed in any more. `isWiped`: nothing may be kept. */
  onSignedOut(isWiped: boolean): void;
  /** A token of somebody else has come: this visit is over. */
  onAnother(guest: Guest): void;
}

/** Who comes, as far as it is known, and the token that says so. */
export interface Guest {
  personId: number | null;
  token: string | null;
}

/**
 * One person at this chat, and all that works in their name. No token of anybody else is ever used here; when one
 * comes, the visit ends, and what it still has on its way changes nothing any more.
 */
export class Visit {
  readonly store: ChatStore;
  readonly tokens: Tokens;
  readonly api: ChatService;
  readonly upload: UploadFile;
  readonly lists: ListService;
  readonly reads: ReadService;
  readonly timelines: TimelineService;
  readonly conversations: ConversationService;
  run: Run | null = null;
  /** Expected to be here; they surely are once a token says so. */
  personId: number | null;
  isConfirmed: boolean;
  private readonly http: Http;
  private readonly gate = new Gate();
  private readonly endLoan: () => void;
  private isOver = false;

  constructor(
    readonly parts: VisitParts,
    { personId, token }: Guest,
  ) {
    const { apiBase, getToken, queries } = parts;
    const { store, end } = lendStore(parts.store);
    this.store = store;
    this.endLoan = end;
    this.personId = personId;
    this.isConfirmed = token !== null;
    this.tokens = new Tokens(getToken, (one) => this.check(one), token);
    this.http = new Http(apiBase, this.tokens);
    this.api = createChatService(this.http);
    this.upload = createUploader(apiBase, this.tokens);
    const ready = () => this.gate.pass();
    this.lists = new ListService(store, this.api, ready);
    this.reads = new ReadService(store, this.api);
    this.timelines = new TimelineService({
      store,
      api: this.api,
      queries,
      reads: this.reads,
      lists: this.lists,
      cache: () => this.run?.profile?.cache ?? null,
      ready,
    });
    this.conversations = new ConversationService(store, this.api, queries, (id) => this.lists.refresh(id));
  }

  start(): void {
    if (this.run) return;
    this.run = new Run(this);
    void this.run.start();
  }

  /** The person may start again. */
  stop(): void {
    this.run?.stop();
    this.run = null;
    this.gate.shut();
  }

  /** Stop, and forget everything of this person. */
  async wipe(isToldToOthers: boolean): Promise<void> {
    const { run, personId } = this;
    this.run = null;
    this.gate.shut();
    if (run) await run.wipe(isToldToOthers);
    else if (personId !== null) await (await openCache(this.parts.server, personId)).wipe();
  }

  /** Calls for this person may begin. */
  ready(): void {
    this.gate.open();
  }

  signedOut(isWiped: boolean): void {
    if (!this.isOver) this.parts.onSignedOut(isWiped);
  }

  /** Who is here: as the token says, or the server where the token does not. */
  async whoIsHere(): Promise<number> {
    await this.tokens.get();
    if (this.personId === null) throw new Error("A token was taken without a look at it.");
    return this.personId;
  }

  /** Somebody else is here now. */
  end(): void {
    this.isOver = true;
    this.tokens.close();
    this.run?.leave();
    this.run = null;
    this.endLoan();
  }

  private async check(token: string): Promise<void> {
    const personId = personOf(token) ?? (await this.ask(token));
    if (this.isOver) return;
    if (this.personId === null || this.personId === personId) {
      this.personId = personId;
      this.isConfirmed = true;
    } else {
      this.parts.onAnother({ personId, token });
    }
  }

  private async ask(token: string): Promise<number> {
    const me = await this.http.once<Me>("GET", "me/", {}, token);
    return me.id;
  }
}
