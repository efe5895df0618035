/** What went wrong with a call. `code` is the API's stable word, or one of ours for what never reached the server. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0: no answer. */
    readonly status: number,
    readonly code: string,
    /** The server's sentence, in English: `i18n/faults` says it in the interface's language. */
    readonly detail: string,
    readonly retryAfterS: number | null = null,
    /** Of a 400: what is wrong with each field. */
    readonly fields: Readonly<Record<string, string[]>> = {},
  ) {
    super(`${code}: ${detail}`);
  }

  /** Whether a repeat may succeed: no answer, too often, or the server is not well. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Whether it says that there is no such thing, or not for this person. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 403);
}

export function networkError(cause?: unknown): ApiError {
  const error = new ApiError(0, "network", "No answer from the server.");
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** Make an error of an answer that is not 2xx: DRF's two shapes. */
export function errorOf(status: number, body: unknown, retryAfter: string | null): ApiError {
  const retryAfterS = parseRetryAfter(retryAfter);
  if (!isRecord(body)) return new ApiError(status, codeOf(status), "", retryAfterS);
  if (typeof body.detail === "string") {
    const code = typeof body.code === "string" ? body.code : codeOf(status);
    return new ApiError(status, code, body.detail, retryAfterS);
  }
  const fields = fieldsOf(body);
  const first = Object.values(fields)[0]?.[0] ?? "";
  return new ApiError(status, codeOf(status), first, retryAfterS, fields);
}

/** The word for an answer that has none of its own. */
export function codeOf(status: number): string {
  const known: Record<number, string> = {
    400: "invalid",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    415: "type_refused",
    429: "too_many_requests",
    503: "unavailable",
  };
  return known[status] ?? (status >= 500 ? "internal" : "error");
}

function fieldsOf(body: Record<string, unknown>): Record<string, string[]> {
  const entries = Object.entries(body).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return Object.fromEntries(entries.map(([name, why]) => [name, why.map(String)]));
}

function parseRetryAfter(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, (date - Date.now()) / 1000);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
