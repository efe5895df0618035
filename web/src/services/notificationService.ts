import type { Notice, NotificationActions } from "../context/client";
import { judge } from "../model/notices";
import { cut, plainText } from "../model/text";
import type { Message } from "../model/types";
import type { ChatStore } from "../store/store";
import { DesktopPermission, readPermission } from "./desktopPermission";
import { ringerOf, type Tabs } from "./tabs";

const BODY = 150;

interface Parts {
  store: ChatStore;
  tabs: Pick<Tabs, "self" | "list">;
  open(conversationId: number, messageId: number): void;
}

/** Decides what is told, shows desktop notifications, and hands the rest to the views that listen. */
export class NotificationService implements NotificationActions {
  private readonly listeners = new Set<(notice: Notice) => void>();
  private readonly permission = new DesktopPermission();

  constructor(private readonly parts: Parts) {}

  subscribe = (listener: (notice: Notice) => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly subscribePermission = this.permission.subscribe;
  readonly desktopPermission = this.permission.get;
  requestDesktop = () => this.permission.request();

  /** A message has just come. */
  async message(message: Message): Promise<void> {
    const { store, tabs } = this.parts;
    const all = await tabs.list();
    const tab = tabs.self();
    const { me, conversations } = store.getState();
    if (!me) return;
    const conversation = conversations[message.conversation_id];
    const isRinger = ringerOf(all)?.id === tab.id;
    const verdict = judge(message, { me, conversation, tab, tabs: all, isRinger, now: new Date() });
    const title = conversation?.is_group
      ? `${message.sender?.name} · ${conversation.name}`
      : (message.sender?.name ?? "");
    const isMention = message.mentions.includes(me.id);
    if (verdict.toast) {
      this.tell({
        kind: "message",
        key: `message-${message.id}`,
        conversationId: message.conversation_id,
        title,
        message,
        isMention,
        isLoud: verdict.sound,
      });
    }
    if (verdict.desktop) this.showDesktop(title, message);
  }

  /** All that came while this window was away: one is told as ever, several are one word. */
  async missed(messages: readonly Message[]): Promise<void> {
    const { me, conversations, activeId } = this.parts.store.getState();
    const isHere = this.parts.tabs.self().isVisible;
    const worth = messages.filter((message) => {
      if (isHere && message.conversation_id === activeId) return false;
      const isMention = me !== null && message.mentions.includes(me.id);
      return isMention || !conversations[message.conversation_id]?.is_muted;
    });
    const last = worth.at(-1);
    if (!last) return;
    if (worth.length === 1) return this.message(last);
    const all = await this.parts.tabs.list();
    const isRinger = ringerOf(all)?.id === this.parts.tabs.self().id;
    this.tell({
      kind: "summary",
      key: `summary-${last.id}`,
      messages: worth.length,
      conversations: new Set(worth.map((message) => message.conversation_id)).size,
      lastConversationId: last.conversation_id,
      isLoud: isRinger && (me?.settings.sound ?? false),
    });
  }

  private tell(notice: Notice): void {
    for (const listener of this.listeners) listener(notice);
  }

  private showDesktop(title: string, message: Message): void {
    if (readPermission() !== "granted") return;
    const text = message.text === "" && message.file ? message.file.file_name : plainText(message.text);
    const shown = createNotification(title, {
      body: cut(text, BODY),
      tag: `classbridge-${message.conversation_id}`,
    });
    if (!shown) return;
    shown.onclick = () => {
      window.focus();
      this.parts.open(message.conversation_id, message.id);
      shown.close();
    };
  }
}

/** Chrome on Android has the constructor only to refuse it. */
function createNotification(title: string, options: NotificationOptions): Notification | null {
  try {
    return new Notification(title, options);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
