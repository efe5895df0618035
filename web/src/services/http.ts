import { chatBase } from "./addresses";
import { ApiError, errorOf, networkError } from "./apiError";
import type { Tokens } from "./tokens";

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  query?: Query | undefined;
  body?: unknown;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** A read is repeated by itself when the server asks for so short a wait; longer waits are the caller's matter. */
const LONGEST_WAIT_S = 5;
const MOST_REPEATS = 3;

/** Calls of the API: the token on each, one renewal on a 401, `Retry-After` respected, errors in one shape. */
export class Http {
  private readonly base: string;

  constructor(
    apiBase: string,
    private readonly tokens: Tokens,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {
    this.base = chatBase(apiBase);
  }

  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await this.withToken<T>(method, path, options);
      } catch (error) {
        if (!(error instanceof ApiError) || repeat >= MOST_REPEATS || !mayRepeat(method, error)) throw error;
        await sleep((error.retryAfterS ?? 1) * 1000, options.signal);
      }
    }
  }

  address(path: string, query: Query = {}): string {
    const given = Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== null && value !== "",
    );
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return `${this.base}${path}${search.size ? `?${search}` : ""}`;
  }

  private async withToken<T>(method: string, path: string, options: RequestOptions): Promise<T> {
    const token = await this.tokens.get();
    try {
      return await this.once<T>(method, path, options, token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return await this.once<T>(method, path, options, await this.tokens.renew(token));
    }
  }

  /** One call with this very token, whatever comes of it. */
  async once<T>(method: string, path: string, options: RequestOptions, token: string): Promise<T> {
    const hasBody = options.body !== undefined;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
    const cancel = () => limit.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", cancel);
    let response: Response;
    let text: string;
    try {
      response = await this.fetcher(this.address(path, options.query), {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: "application/json",
          ...(hasBody ? { "Content-Type": "application/json" } : {}),
        },
        ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
        credentials: "omit",
        cache: "no-store",
        signal: limit.signal,
      });
      text = await response.text();
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw networkError(error);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", cancel);
    }
    return parseAnswer<T>(response.status, text, response.headers.get("Retry-After"));
  }
}

/** The body of a good answer; an `ApiError` for any other. */
export function parseAnswer<T>(status: number, text: string, retryAfter: string | null): T {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    // A proxy's sign-in page is not an answer of the API.
    if (body === undefined && text !== "") throw new ApiError(0, "network", "The answer is not JSON.");
    return body as T;
  }
  throw errorOf(status, body, retryAfter);
}

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function mayRepeat(method: string, error: ApiError): boolean {
  const wasRefusedUnseen = error.status === 429 || error.status === 503;
  return method === "GET" && wasRefusedUnseen && (error.retryAfterS ?? Infinity) <= LONGEST_WAIT_S;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
