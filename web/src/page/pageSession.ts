import { ApiError } from "../services/apiError";
import { type DemoSignIn, Session } from "../services/session";
import { forgetPerson, lastPersonId, rememberPerson } from "./lastPerson";

/** Why nobody is signed in: never was, has signed out here or in another tab, or the session has ended. */
export type SignedOutReason = "none" | "left" | "over";

export interface SessionEvents {
  onSignedOut(reason: SignedOutReason): void;
  /** Another tab has signed in somebody else; what this one shows is no longer this person's. */
  onOtherPerson(): void;
}

type Word = { left: true } | { personId: number };

const CHANNEL = "classbridge.session";

/**
 * The session of the page and all its tabs, which share one cookie. `localStorage` knows only who was signed in
 * last, so that the cached chat can be shown before the server has answered.
 */
export class PageSession {
  private personId: number | null = null;
  private readonly tabs = new BroadcastChannel(CHANNEL);
  private readonly listeners = new Set<SessionEvents>();

  constructor(private readonly session = new Session("")) {
    this.tabs.onmessage = ({ data }: MessageEvent<Word>) => this.hear(data);
  }

  /** Gives what ends the listening. */
  listen(events: SessionEvents): () => void {
    this.listeners.add(events);
    return () => this.listeners.delete(events);
  }

  /** Who was signed in here when the page was last open: probably still is. */
  get likelyPersonId(): number | null {
    return lastPersonId();
  }

  /** Take up the session of the cookie. Gives whether there is one. */
  async resume(): Promise<boolean> {
    const isThere = await this.session.resume().catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    });
    if (isThere) this.remember();
    return isThere;
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.session.signIn(username, password);
    this.remember();
    if (this.personId !== null) this.say({ personId: this.personId });
  }

  /** For `SchoolChat`. Without a session it ends here, and the page shows the sign-in. */
  readonly getToken = async (isRenewal: boolean): Promise<string> => {
    try {
      const token = await this.session.getToken(isRenewal);
      this.remember();
      return token;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.lost();
      throw error;
    }
  };

  /** Close the session on the server; only then forget it here. */
  async signOut(): Promise<void> {
    await this.session.signOut();
    this.forget();
    this.say({ left: true });
  }

  demoSignIns(): Promise<DemoSignIn[]> {
    return this.session.demoSignIns();
  }

  close(): void {
    this.tabs.close();
  }

  private hear(word: Word): void {
    if ("left" in word) {
      if (this.personId !== null) this.end("left");
    } else if (this.personId !== null && word.personId !== this.personId) this.other();
  }

  private say(word: Word): void {
    this.tabs.postMessage(word);
  }

  private lost(): void {
    const now = this.session.personId;
    if (now !== null && this.personId !== null && now !== this.personId) this.other();
    else this.end("over");
  }

  private remember(): void {
    this.personId = this.session.personId;
    if (this.personId !== null) rememberPerson(this.personId);
  }

  private end(reason: SignedOutReason): void {
    this.forget();
    for (const { onSignedOut } of this.listeners) onSignedOut(reason);
  }

  private other(): void {
    for (const { onOtherPerson } of this.listeners) onOtherPerson();
  }

  private forget(): void {
    this.personId = null;
    forgetPerson();
  }
}
