import type { Cache, CacheBatch, CachedStart } from "./cache";
import { databaseName, forgetOthers } from "./database";
import { IdbCache } from "./idbCache";
import { MemoryCache } from "./memoryCache";

/** A cache that is being opened, and what is read from it first. */
export interface OpenedCache {
  cache: Promise<Cache>;
  start: Promise<CachedStart>;
}

export function openAndRead(server: string, personId: number): OpenedCache {
  const cache = openCache(server, personId);
  return { cache, start: cache.then((one) => one.load()) };
}

/**
 * The cache of a person: IndexedDB, or memory where that is not to be had or goes away in the middle (deleted by the
 * browser, signed out in another window, no room left). Sending goes on either way.
 */
export async function openCache(server: string, personId: number): Promise<Cache> {
  const safe = new SafeCache();
  if (typeof indexedDB === "undefined" || indexedDB === null) return safe;
  try {
    safe.use(await IdbCache.open(databaseName(server, personId), () => safe.fallBack()));
  } catch (error) {
    if (!isStorageFault(error)) throw error;
    safe.fallBack();
  }
  // Not waited for: a window that hangs may hold its database open for long.
  forgetOthers(server, personId).catch(ignoreStorageFault);
  return safe;
}

function ignoreStorageFault(error: unknown): void {
  if (!isStorageFault(error)) throw error;
}

function isStorageFault(error: unknown): boolean {
  return error instanceof DOMException;
}

class SafeCache implements Cache {
  private readonly memory = new MemoryCache();
  private kept: Cache | null = null;

  use(cache: Cache): void {
    this.kept = cache;
  }

  fallBack(): void {
    this.kept = null;
  }

  load = (): Promise<CachedStart> => this.try((cache) => cache.load());
  loadTimeline = (id: number) => this.try((cache) => cache.loadTimeline(id));
  write = (batch: CacheBatch) => this.try((cache) => cache.write(batch));
  putOutbox: Cache["putOutbox"] = async (entries) => {
    // In memory, too: what is on its way must not be lost with the database.
    await this.memory.putOutbox(entries);
    await this.try((cache) => cache.putOutbox(entries));
  };
  updateOutbox: Cache["updateOutbox"] = async (clientId, change) => {
    await this.memory.updateOutbox(clientId, change);
    return this.try((cache) => cache.updateOutbox(clientId, change));
  };
  deleteOutbox: Cache["deleteOutbox"] = async (clientId) => {
    await this.memory.deleteOutbox(clientId);
    await this.try((cache) => cache.deleteOutbox(clientId));
  };
  listOutbox: Cache["listOutbox"] = (id) => this.try((cache) => cache.listOutbox(id));
  lease: Cache["lease"] = (...args) => this.try((cache) => cache.lease(...args));

  close(): void {
    this.kept?.close();
  }

  async wipe(): Promise<void> {
    await this.memory.wipe();
    await this.try((cache) => cache.wipe());
    this.kept = null;
  }

  private async try<Answer>(does: (cache: Cache) => Promise<Answer>): Promise<Answer> {
    if (this.kept === null) return does(this.memory);
    try {
      return await does(this.kept);
    } catch (error) {
      if (!isStorageFault(error)) throw error;
      this.fallBack();
      return does(this.memory);
    }
  }
}
