import { ApiError, networkError } from "./apiError";

/**
 * Where tokens come from: the school's app or the page's session. Asked again (`isRenewal`) when the server did not
 * take the last one. An `ApiError` with status 401: nobody is signed in any more.
 */
export type GetToken = (isRenewal: boolean) => string | Promise<string>;

/** The current access token, in memory only. Calls at the same moment share one renewal. */
export class Tokens {
  private current: string | null = null;
  private isDistrusted = false;
  private asking: Promise<string> | null = null;

  constructor(private readonly getToken: GetToken) {}

  async get(): Promise<string> {
    return this.current ?? this.ask(this.isDistrusted);
  }

  /** A token other than `refused`, which the server did not take. */
  async renew(refused: string): Promise<string> {
    if (this.current !== null && this.current !== refused) return this.current;
    return this.ask(true);
  }

  /** The next call asks for a new token. */
  distrust(): void {
    this.current = null;
    this.isDistrusted = true;
  }

  private ask(isRenewal: boolean): Promise<string> {
    this.asking ??= this.given(isRenewal)
      .then((token) => {
        this.current = token;
        this.isDistrusted = false;
        return token;
      })
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }

  /** What the school's app throws is no answer, unless it says that nobody is signed in. */
  private async given(isRenewal: boolean): Promise<string> {
    try {
      return await this.getToken(isRenewal);
    } catch (error) {
      throw error instanceof ApiError ? error : networkError(error);
    }
  }
}
