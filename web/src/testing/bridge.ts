import { vi } from "vitest";
import type { Conversation, Me, Message } from "../model/types";
import { page } from "./api";
import { FakeSocket } from "./fakeSocket";
import { makeConversation, makeMe } from "./fixtures";

export interface TestBridge {
  /** An address of its own, and with it a cache of its own. */
  readonly address: string;
  me: Me;
  conversations: Conversation[];
  messages: Message[];
  /** The one token that it takes; null: none. */
  token: string | null;
  readonly requests: string[];
}

let number = 0;

/** A bridge of a few lines in the place of `fetch` and the browser's sockets, for laws of the chat as a whole. */
export function startBridge(part: Partial<TestBridge> = {}): TestBridge {
  number += 1;
  const me = part.me ?? makeMe();
  const bridge: TestBridge = {
    address: `http://embedded${number}.test`,
    me,
    conversations: [makeConversation({ id: 1, rev: 10 })],
    messages: [],
    token: tokenOf(me.id),
    requests: [],
    ...part,
  };
  FakeSocket.install();
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.replace(`${bridge.address}/api/chat/`, "");
    bridge.requests.push(`${init.method} ${path}`);
    if (new Headers(init.headers).get("Authorization") !== `Bearer ${bridge.token}`) {
      return Response.json({ detail: "x", code: "token_not_valid" }, { status: 401 });
    }
    return Response.json(answerOf(bridge, path));
  });
  return bridge;
}

/** What the panel gives: a token that says whose it is. `n` makes another one of it. */
export function tokenOf(userId: number, n = 0): string {
  return `h.${btoa(JSON.stringify({ user_id: userId, n }))}.s`;
}

function answerOf(bridge: TestBridge, path: string): unknown {
  if (path === "me/") return bridge.me;
  if (path === "ws-ticket/") return { ticket: "t", expires_in: 30 };
  if (path.startsWith("sync/")) {
    return { rev: 100, conversations: [], messages: [], removed_conversation_ids: [], reset: false };
  }
  if (path.startsWith("conversations/?")) {
    const isUnread = path.includes("filter=unread");
    return page(bridge.conversations.filter((one) => !isUnread || one.unread_count > 0));
  }
  if (path.startsWith("messages/?")) return page(bridge.messages);
  if (/^conversations\/\d+\/$/.test(path))
    return bridge.conversations.find((one) => path.endsWith(`/${one.id}/`));
  if (/^messages\/\d+\/read\/$/.test(path)) return { status: "ok", unread_count: 0 };
  throw new Error(`The test's bridge has no ${path}.`);
}
