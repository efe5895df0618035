import type { Cache } from "../cache/cache";
import { newId } from "../model/ids";
import { isDenied, webLocks } from "./webLocks";

/** Runs something while no other window of this browser runs it under the same name. */
export type Lock = (name: string, run: () => Promise<void>) => Promise<void>;

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const ASK_MS = 1_000;

/** Web Locks, or where there are none a lease in the database. */
export function createLock(cache: Cache, scope: string): Lock {
  const locks = webLocks();
  const lease = leaseLock(cache);
  if (!locks) return lease;
  return async (name, run) => {
    let isHeld = false;
    const work = () => {
      isHeld = true;
      return run();
    };
    try {
      await locks.request(`${scope}:${name}`, work);
    } catch (error) {
      if (isHeld || !isDenied(error)) throw error;
      await lease(name, run);
    }
  };
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
