import type { Entry } from '../../src/cache/core/entry.js';
import type { CacheKey } from '../../src/cache/core/key.js';
import type { EntryStore, StoreStats, StoreWrite } from '../../src/cache/core/store.js';
import type { Outcome } from './network.js';
import type { RedisServer } from './redis.js';
import type { WorldNode } from './world.js';

/** Where entries are kept, reached at once or over the network; null when it could not be reached. */
export type Reach = <T>(use: (entries: Map<string, unknown>) => T) => Promise<T | null>;

/** A store of the engine without bounds or expiry: it forgets only what the world makes it forget. */
export class SimulatedStore implements EntryStore {
  constructor(private readonly reach: Reach) {}

  async getMany(keys: readonly CacheKey[]): Promise<readonly (Entry | undefined)[]> {
    const found = await this.reach((entries) => keys.map((key) => entries.get(key) as Entry | undefined));
    return found ?? keys.map(() => undefined);
  }

  async setMany(writes: readonly StoreWrite[]): Promise<void> {
    await this.reach((entries) => writes.forEach(({ key, entry }) => entries.set(key, entry)));
  }

  async deleteMany(keys: readonly CacheKey[]): Promise<void> {
    await this.reach((entries) => keys.forEach((key) => entries.delete(key)));
  }

  async clear(): Promise<void> {
    await this.reach((entries) => entries.clear());
  }

  async clearPartition(of: string): Promise<void> {
    await this.reach((entries) => {
      for (const key of entries.keys()) if (key.split(':')[1] === of) entries.delete(key);
    });
  }

  stats(): Promise<StoreStats> {
    return Promise.resolve({ tiers: [] });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The memory of a process. */
export function inMemory(entries: Map<string, unknown>): Reach {
  return (use) => Promise.resolve(use(entries));
}

/** Whichever Redis the node is connected to. */
export function onRedis(node: WorldNode): Reach {
  return <T>(use: (entries: Map<string, unknown>) => T) =>
    new Promise<T | null>((resolve) => {
      const run = ({ entries }: RedisServer): T => use(entries);
      const settle = (outcome: Outcome<T>): void => resolve(outcome.ok ? outcome.reply : null);
      node.world.network.send({ sender: node, server: node.server, run, settle });
    });
}
