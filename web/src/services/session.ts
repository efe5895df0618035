import { personOf } from "../model/ids";
import { serverBase } from "./addresses";
import { ApiError, networkError } from "./apiError";
import { parseAnswer } from "./http";

export interface DemoSignIn {
  username: string;
  password: string;
  role: "teacher" | "student" | "admin";
  name: string;
}

/**
 * Who is signed in on the stand-alone page. The access token lives in memory only; the refresh token in a cookie that
 * no script can read.
 */
export class Session {
  private access: string | null = null;
  private readonly base: string;

  constructor(
    apiBase: string,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {
    this.base = `${serverBase(apiBase)}/api/auth/`;
  }

  /** The person of the token that we have; null: nobody. */
  get personId(): number | null {
    return this.access === null ? null : personOf(this.access);
  }

  /** Is somebody signed in already, from an earlier visit? */
  async resume(): Promise<boolean> {
    const answer = await this.post<{ access: string } | undefined>("token/refresh/");
    this.access = answer?.access ?? null;
    return this.access !== null;
  }

  /** Throws an `ApiError`: `no_active_account` for a wrong name or password. */
  async signIn(username: string, password: string): Promise<void> {
    const { access } = await this.post<{ access: string }>("token/", { username, password });
    this.access = access;
  }

  async signOut(): Promise<void> {
    this.access = null;
    await this.post("sign-out/");
  }

  /** For `<SchoolChat getToken>`. */
  getToken = async (isRenewal: boolean): Promise<string> => {
    if (this.access !== null && !isRenewal) return this.access;
    const before = this.personId;
    const isIn = await this.resume().catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    });
    // The cookie is shared by all windows: somebody else may have signed in in another one.
    const isAnother = before !== null && this.personId !== before;
    if (!isIn || isAnother || this.access === null) {
      throw new ApiError(401, "not_authenticated", "Nobody is signed in.");
    }
    return this.access;
  };

  /** Names and passwords to try the demo with; none elsewhere. */
  async demoSignIns(): Promise<DemoSignIn[]> {
    try {
      const response = await this.fetcher(`${this.base}demo-sign-ins/`, { cache: "no-store" });
      if (!response.ok) return [];
      return ((await response.json()) as { results: DemoSignIn[] }).results;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return []; // no answer: only a help is missing
      throw error;
    }
  }

  private async post<Answer>(path: string, body?: unknown): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      response = await this.fetcher(`${this.base}${path}`, {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: {
          "X-Session": "cookie",
          Accept: "application/json",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      throw networkError(error);
    }
    return parseAnswer<Answer>(response.status, text, response.headers.get("Retry-After"));
  }
}
