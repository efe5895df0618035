import type { Page } from "puppeteer-core";

/** What went wrong in a page without anybody noticing: errors in its console, faults, policy violations. */
export class Watch {
  private problems: string[] = [];
  private allowed: RegExp[] = [];

  static async over(page: Page): Promise<Watch> {
    const watch = new Watch();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warn") {
        watch.problems.push(`${message.type()}: ${message.text()} ${message.location().url ?? ""}`);
      }
    });
    page.on("pageerror", (error) => watch.problems.push(`fault: ${String(error)}`));
    await page.evaluateOnNewDocument(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(
          `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        );
      });
    });
    return watch;
  }

  /** From now on problems like these belong to the test: a page that is offline says so in its console. */
  allow(...patterns: RegExp[]): void {
    this.allowed.push(...patterns);
  }

  /** All that was not expected since the last call. */
  take(): string[] {
    const found = this.problems.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
    this.problems = [];
    return found;
  }
}

const watches = new Map<string, Watch>();
let number = 0;

export function register(name: string, watch: Watch): () => void {
  const key = `${name} ${++number}`;
  watches.set(key, watch);
  return () => {
    const problems = watch.take();
    watches.delete(key);
    if (problems.length > 0) throw new Error(`${name}: ${problems.join("\n")}`);
  };
}

/** After each test nothing may have gone wrong in any page that is open. */
export function takeAllProblems(): Record<string, string[]> {
  const entries = [...watches].map(([name, watch]) => [name, watch.take()] as const);
  return Object.fromEntries(entries.filter(([, problems]) => problems.length > 0));
}
