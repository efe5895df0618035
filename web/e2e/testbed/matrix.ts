import type { DemoUser } from "./demo";

/** Somebody with a Matrix client: the Client-Server API, as far as these tests need it. */
export class MatrixClient {
  private transaction = 0;

  constructor(
    private readonly homeserver: string,
    private readonly token: string,
    readonly mxid: string,
  ) {}

  static async signIn(homeserver: string, { mxid, password }: DemoUser): Promise<MatrixClient> {
    const body = { type: "m.login.password", identifier: { type: "m.id.user", user: mxid }, password };
    const { access_token } = await ask(`${homeserver}/_matrix/client/v3/login`, "POST", null, body);
    return new MatrixClient(homeserver, access_token as string, mxid);
  }

  say(roomId: string, body: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const path = `rooms/${encodeURIComponent(roomId)}/send/m.room.message/e2e-${Date.now()}-${++this.transaction}`;
    return this.call("PUT", path, { msgtype: "m.text", body, ...more });
  }

  type(roomId: string, typing: boolean): Promise<Record<string, unknown>> {
    const path = `rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(this.mxid)}`;
    return this.call("PUT", path, typing ? { typing, timeout: 20_000 } : { typing });
  }

  async lastTexts(roomId: string): Promise<string[]> {
    const answer = await this.call("GET", `rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=50`);
    const chunk = answer.chunk as { type: string; content: { body?: string } }[];
    return chunk.flatMap((event) => (event.type === "m.room.message" ? [event.content.body ?? ""] : []));
  }

  private call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return ask(`${this.homeserver}/_matrix/client/v3/${path}`, method, this.token, body);
  }
}

async function ask(
  url: string,
  method: string,
  token: string | null,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
