import type { Cache } from "../cache/cache";
import { newId } from "../model/ids";

/** Runs something while no other window of this browser runs it under the same name. */
export type Lock = (name: string, run: () => Promise<void>) => Promise<void>;

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const ASK_MS = 1_000;

/** Web Locks, or (they need https) a lease in the database. */
export function createLock(cache: Cache, scope: string): Lock {
  if ("locks" in navigator && navigator.locks) {
    return (name, run) => navigator.locks.request(`${scope}:${name}`, run).then(() => undefined);
  }
  return leaseLock(cache);
}

/** A lease is renewed while the work goes on, and found by others when its holder has died. */
export function leaseLock(cache: Cache, owner: string = newId(), askMs: number = ASK_MS): Lock {
  return async (name, run) => {
    const take = () => cache.lease(name, owner, Date.now() + LEASE_MS, Date.now());
    while (!(await take())) await new Promise((resolve) => setTimeout(resolve, askMs));
    const timer = setInterval(() => void take(), RENEW_MS);
    try {
      await run();
    } finally {
      clearInterval(timer);
      await cache.lease(name, owner, 0, Date.now());
    }
  };
}
