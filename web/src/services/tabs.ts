import { newId } from "../model/ids";
import { isDenied, webLocks } from "./webLocks";

export interface TabState {
  isVisible: boolean;
  isFocused: boolean;
  activeId: number | null;
}

export interface Tab extends TabState {
  id: string;
}

type Word =
  | { kind: "hello"; tab: Tab }
  | { kind: "state"; tab: Tab }
  | { kind: "bye"; id: string }
  | { kind: "outbox"; conversationId: number }
  | { kind: "signOut" };

/** The windows of one person in this browser: what each looks at, and what they tell each other. */
export class Tabs {
  readonly id = newId();
  private mine: TabState = { isVisible: true, isFocused: true, activeId: null };
  private readonly others = new Map<string, Tab>();
  private readonly channel: BroadcastChannel | null;
  private isStopped = false;
  private release: (() => void) | null = null;

  constructor(
    private readonly scope: string,
    private readonly handlers: { onOutbox(conversationId: number): void; onSignOut(): void },
  ) {
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(scope) : null;
    this.channel?.addEventListener("message", this.hear);
    this.hold();
    this.say({ kind: "hello", tab: this.self() });
    window.addEventListener("focus", this.look);
    window.addEventListener("blur", this.look);
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("pageshow", this.look);
    document.addEventListener("visibilitychange", this.look);
    this.look();
  }

  stop(): void {
    if (this.isStopped) return;
    this.leave();
    this.isStopped = true;
    window.removeEventListener("focus", this.look);
    window.removeEventListener("blur", this.look);
    window.removeEventListener("pagehide", this.leave);
    window.removeEventListener("pageshow", this.look);
    document.removeEventListener("visibilitychange", this.look);
    this.channel?.removeEventListener("message", this.hear);
    this.channel?.close();
    this.release?.();
  }

  setActive(activeId: number | null): void {
    this.update({ activeId });
  }

  self(): Tab {
    return { id: this.id, ...this.mine };
  }

  tellOutbox(conversationId: number): void {
    this.say({ kind: "outbox", conversationId });
  }

  tellSignOut(): void {
    this.say({ kind: "signOut" });
  }

  /** All windows that are alive, this one among them. A window that has crashed holds no lock any more. */
  async list(): Promise<Tab[]> {
    const held = this.others.size > 0 ? await heldLocks() : null;
    if (held) {
      for (const id of [...this.others.keys()]) {
        if (!held.has(`${this.scope}:tab:${id}`)) this.others.delete(id);
      }
    }
    return [this.self(), ...this.others.values()];
  }

  private hold(): void {
    const locks = webLocks();
    if (!locks) return;
    const released = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    locks.request(`${this.scope}:tab:${this.id}`, () => released).catch(ignoreDenial);
  }

  private look = (): void => {
    const isVisible = document.visibilityState === "visible";
    this.update({ isVisible, isFocused: isVisible && document.hasFocus() });
  };

  private leave = (): void => this.say({ kind: "bye", id: this.id });

  private update(patch: Partial<TabState>): void {
    this.mine = { ...this.mine, ...patch };
    this.say({ kind: "state", tab: this.self() });
  }

  private hear = ({ data }: MessageEvent<Word>): void => {
    if (data.kind === "hello") this.say({ kind: "state", tab: this.self() });
    if (data.kind === "hello" || data.kind === "state") this.others.set(data.tab.id, data.tab);
    if (data.kind === "bye") this.others.delete(data.id);
    if (data.kind === "outbox") this.handlers.onOutbox(data.conversationId);
    if (data.kind === "signOut") this.handlers.onSignOut();
  };

  private say(word: Word): void {
    if (!this.isStopped) this.channel?.postMessage(word);
  }
}

/** The names of all that are held; null: this browser does not tell. */
async function heldLocks(): Promise<Set<string | undefined> | null> {
  try {
    const snapshot = await webLocks()?.query();
    return snapshot ? new Set(snapshot.held?.map((lock) => lock.name)) : null;
  } catch (error) {
    ignoreDenial(error);
    return null;
  }
}

function ignoreDenial(error: unknown): void {
  if (!isDenied(error)) throw error;
}

/** The window that rings: the one that is looked at most; of equals any, but the same one for all. */
export function ringerOf(tabs: readonly Tab[]): Tab | undefined {
  const rank = (tab: Tab) => (tab.isFocused ? 2 : tab.isVisible ? 1 : 0);
  return [...tabs].sort((a, b) => rank(b) - rank(a) || a.id.localeCompare(b.id))[0];
}
