import type { Notice, NotificationActions } from "../context/client";
import { judge, type Verdict } from "../model/notices";
import { cut, plainText } from "../model/text";
import type { Conversation, Message } from "../model/types";
import type { ChatStore } from "../store/store";
import { DesktopPermission, readPermission } from "./desktopPermission";
import { ringerOf, type Tabs } from "./tabs";

const BODY = 150;

interface Parts {
  store: ChatStore;
  tabs: Pick<Tabs, "self" | "list">;
  open(conversationId: number, messageId: number): void;
}

interface Judged {
  message: Message;
  conversation: Conversation;
  isMention: boolean;
  verdict: Verdict;
}

/** Decides what is told, shows desktop notifications, and hands the rest to the views that listen. */
export class NotificationService implements NotificationActions {
  private readonly listeners = new Set<(notice: Notice) => void>();
  private readonly permission = new DesktopPermission();
  private readonly judged = new Set<number>();

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
    for (const judged of await this.judge([message])) this.tellOne(judged);
  }

  /** All that came while this window was away: one is told as ever, several are one word. */
  async missed(messages: readonly Message[]): Promise<void> {
    const worth = (await this.judge(messages)).filter(({ verdict }) => verdict.toast);
    const last = worth.at(-1);
    if (!last) return;
    if (worth.length === 1) {
      this.tellOne(last);
      return;
    }
    this.tell({
      kind: "summary",
      key: `summary-${last.message.id}`,
      messages: worth.length,
      conversations: new Set(worth.map(({ conversation }) => conversation.id)).size,
      lastConversationId: last.conversation.id,
      isLoud: worth.some(({ verdict }) => verdict.sound),
    });
  }

  /** Each message once, whatever brings it again, and by what is known when it is told: it may be read by then. */
  private async judge(messages: readonly Message[]): Promise<Judged[]> {
    const fresh = messages.filter(({ id }) => !this.judged.has(id) && this.judged.add(id));
    if (fresh.length === 0) return [];
    const { store, tabs } = this.parts;
    const all = await tabs.list();
    const tab = tabs.self();
    const isRinger = ringerOf(all)?.id === tab.id;
    const { me, conversations, myReads } = store.getState();
    if (!me) return [];
    return fresh.flatMap((message) => {
      const conversation = conversations[message.conversation_id];
      if (!conversation) return []; // not mine any more, or not known to be muted or not
      const readId = myReads[conversation.id] ?? 0;
      const situation = { me, conversation, readId, tab, tabs: all, isRinger, now: new Date() };
      const isMention = message.mentions.includes(me.id);
      return [{ message, conversation, isMention, verdict: judge(message, situation) }];
    });
  }

  private tellOne({ message, conversation, isMention, verdict }: Judged): void {
    const sender = message.sender?.name ?? "";
    const title = conversation.is_group ? `${sender} · ${conversation.name}` : sender;
    if (verdict.toast) {
      this.tell({
        kind: "message",
        key: `message-${message.id}`,
        conversationId: conversation.id,
        title,
        message,
        isMention,
        isLoud: verdict.sound,
      });
    }
    if (verdict.desktop) this.showDesktop(title, message);
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
