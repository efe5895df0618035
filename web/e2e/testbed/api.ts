import type { Conversation, Message } from "../../src/model/types";
import type { DemoUser } from "./demo";
import { until } from "./until";

/** The web API with somebody's token, for what a test needs to be so and does not want to click. */
export class Api {
  constructor(
    private readonly base: string,
    readonly user: DemoUser,
  ) {}

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.user.token}` };
    if (body !== undefined && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
    const response = await fetch(`${this.base}/api/chat/${path}`, {
      method,
      headers,
      body: body === undefined ? null : body instanceof FormData ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }

  say(conversationId: number, text: string, more: Record<string, unknown> = {}): Promise<Message> {
    const body = { conversation_id: conversationId, text, client_id: crypto.randomUUID(), ...more };
    return this.call("POST", "messages/", body);
  }

  direct(other: DemoUser): Promise<Conversation> {
    return this.call("POST", "conversations/", { participant: other.id });
  }

  createGroup(name: string, people: DemoUser[]): Promise<Conversation> {
    return this.call("POST", "conversations/group/", { name, participants: people.map((one) => one.id) });
  }

  conversation(id: number): Promise<Conversation> {
    return this.call("GET", `conversations/${id}/`);
  }

  async conversations(): Promise<Conversation[]> {
    return (await this.call<{ results: Conversation[] }>("GET", "conversations/?page_size=200")).results;
  }

  async messages(conversationId: number): Promise<Message[]> {
    const path = `messages/?conversation_id=${conversationId}&limit=200`;
    return (await this.call<{ results: Message[] }>("GET", path)).results;
  }

  /** The homeserver has all that was said so far. */
  async settled(conversationId: number): Promise<void> {
    await until(async () =>
      (await this.messages(conversationId)).every((message) => message.status !== "pending"),
    );
  }

  /** Everything there is has been read. */
  async readAll(conversationId: number): Promise<void> {
    const last = (await this.messages(conversationId)).at(-1);
    if (last) await this.call("POST", `conversations/${conversationId}/read/`, { message_id: last.id });
  }

  /** A file as its sender's browser would send it. */
  async sendFile(conversationId: number, name: string, content: Uint8Array<ArrayBuffer>): Promise<Message> {
    const form = new FormData();
    form.append("file", new Blob([content]), name);
    const file = await this.call<{ file_id: string }>("POST", "upload/", form);
    return this.say(conversationId, "", { file_id: file.file_id });
  }
}
