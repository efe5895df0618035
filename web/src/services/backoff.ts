export interface BackoffOptions {
  firstMs: number;
  longestMs: number;
  /** 0 to 1; for tests. */
  random?: () => number;
}

/** Growing waits, each up to a half longer or shorter by chance: a thousand windows do not come back as one. */
export class Backoff {
  private failures = 0;

  constructor(private readonly options: BackoffOptions) {}

  next(atLeastS: number | null = null): number {
    const { firstMs, longestMs, random = Math.random } = this.options;
    const wait = Math.min(firstMs * 2 ** this.failures, longestMs) * (0.5 + random());
    this.failures += 1;
    return Math.max(wait, (atLeastS ?? 0) * 1000);
  }

  reset(): void {
    this.failures = 0;
  }
}

/** A wait that can be ended early. */
export class Pause {
  private readonly ending = new Set<() => void>();

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.ending.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.ending.add(end);
    });
  }

  end(): void {
    for (const end of [...this.ending]) end();
  }
}
