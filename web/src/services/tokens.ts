import { ApiError, networkError } from "./apiError";

/**
 * Where tokens come from: the school's app or the page's session. Asked again (`isRenewal`) when the server did not
 * take the last one. None (`null`, or an `ApiError` with status 401): nobody is signed in any more. Whatever else is
 * thrown is a failure that passes, and the token is asked for again a little later.
 */
export type GetToken = (isRenewal: boolean) => Given | Promise<Given>;
type Given = string | null | undefined;

/** Looks at a token before anything is asked with it; throws where it must not be used. */
export type CheckToken = (token: string) => void | Promise<void>;

/** The current access token, in memory only. Calls at the same moment share one renewal. */
export class Tokens {
  private isDistrusted = false;
  private isClosed = false;
  private asking: Promise<string> | null = null;

  constructor(
    private readonly getToken: GetToken,
    private readonly check: CheckToken = () => {},
    /** One that is there already, and was looked at. */
    private current: string | null = null,
  ) {}

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

  /** Whoever these tokens were of is not here any more: from now on there are none. */
  close(): void {
    this.current = null;
    this.isClosed = true;
  }

  private ask(isRenewal: boolean): Promise<string> {
    this.asking ??= this.fresh(isRenewal)
      .then((token) => {
        this.require();
        this.current = token;
        this.isDistrusted = false;
        return token;
      })
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }

  private async fresh(isRenewal: boolean): Promise<string> {
    const token = await this.given(isRenewal);
    try {
      await this.check(token);
      return token;
    } catch (error) {
      const isExpired = error instanceof ApiError && error.status === 401;
      if (isRenewal || this.isClosed || !isExpired) throw error;
      return this.fresh(true);
    }
  }

  /** What the school's app throws is no answer, unless it says that nobody is signed in. */
  private async given(isRenewal: boolean): Promise<string> {
    this.require();
    let token: Given;
    try {
      token = await this.getToken(isRenewal);
    } catch (error) {
      throw error instanceof ApiError ? error : networkError(error);
    }
    if (!token) throw new ApiError(401, "not_authenticated", "Nobody is signed in.");
    return token;
  }

  private require(): void {
    if (this.isClosed) throw new ApiError(401, "another_person", "Somebody else is signed in now.");
  }
}
