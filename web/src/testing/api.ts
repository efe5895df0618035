/** A bridge in a few lines, for tests of services: answers are set, calls are remembered. */

import { ApiError, networkError } from "../services/apiError";
import type { ChatService } from "../services/chatService";

type Calls = { [Name in keyof ChatService]: Parameters<ChatService[Name]>[] };
type Answers = { [Name in keyof ChatService]?: ChatService[Name] };

export interface StubApi extends ChatService {
  calls: Calls;
  /** Set, or replace, what a call does. */
  on(answers: Answers): void;
}

export function createStubApi(answers: Answers = {}): StubApi {
  const current: Answers = { ...answers };
  const calls: Record<string, unknown[][]> = {};
  const callsOf = (name: string) => {
    calls[name] ??= [];
    return calls[name];
  };
  const own = {
    calls: new Proxy(calls, { get: (_, name: string) => callsOf(name) }),
    on: (more: Answers) => Object.assign(current, more),
  };
  return new Proxy(own, {
    get(target, name: string) {
      if (name in target) return Reflect.get(target, name);
      return (...args: unknown[]) => {
        callsOf(name).push(args);
        const answer = current[name as keyof ChatService] as ((...args: unknown[]) => unknown) | undefined;
        if (!answer) throw new Error(`The test gave no answer for ${name}.`);
        return answer(...args);
      };
    },
  }) as unknown as StubApi;
}

export function page<Item>(
  results: Item[],
  links: { next?: string | null; previous?: string | null } = {},
): { count: number; next: string | null; previous: string | null; results: Item[] } {
  return { count: results.length, next: null, previous: null, ...links, results };
}

export const offline = (): never => {
  throw networkError();
};

export const refused = (status: number, code: string): never => {
  throw new ApiError(status, code, `The test refuses: ${code}.`);
};

/** Wait until something is so; fails with the last reason. */
export async function until(check: () => void | Promise<void>, limitMs = 2_000): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
