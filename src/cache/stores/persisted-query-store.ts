import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { GuardedStore } from './guarded-store.js';
import type { MemoryStore } from './memory-store.js';

export interface PersistedQueryStoreOptions {
  readonly memory: MemoryStore | null;
  readonly redis: GuardedStore | null;
  /** Longer texts are not kept (C4). */
  readonly maxBytes: number;
}

/**
 * Where Apollo keeps its texts: the queries that clients know by hash. A key's text never changes, so that one found in
 * this process needs no second look.
 */
export class PersistedQueryStore implements KeyvStoreAdapter {
  readonly opts = { dialect: 'larder' };
  namespace?: string | undefined;

  constructor(private readonly options: PersistedQueryStoreOptions) {}

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return (await this.getMany<Value>([key]))[0] as StoredData<Value> | undefined;
  }

  async getMany<Value>(keys: readonly string[]): Promise<StoredData<Value | undefined>[]> {
    const { memory, redis } = this.options;
    const found = new Map<string, unknown>(keys.map((key) => [key, memory?.peek(key)]));
    const missing = [...found.keys()].filter((key) => found.get(key) === undefined);
    if (missing.length > 0 && redis !== null) {
      const far = await redis.getMany(missing);
      missing.forEach((key, at) => {
        const text: unknown = far[at];
        if (typeof text !== 'string') return;
        // Its end of life is inside the text, where Keyv looks for it.
        memory?.put({ key, value: text });
        found.set(key, text);
      });
    }
    return keys.map((key) => found.get(key)) as StoredData<Value | undefined>[];
  }

  async set(key: string, value: string, ttl?: number): Promise<boolean> {
    const { memory, redis, maxBytes } = this.options;
    if (2 * value.length > maxBytes) return false;
    const isKept = memory?.put({ key, value, ...(ttl === undefined ? {} : { ttl }) }) ?? false;
    return (await redis?.set(key, value, ttl === undefined ? undefined : Math.ceil(ttl))) ?? isKept;
  }

  async delete(key: string): Promise<boolean> {
    const { memory, redis } = this.options;
    const wasNear = memory?.remove(key) ?? false;
    return ((await redis?.delete(key)) ?? false) || wasNear;
  }

  /** Nothing clears them alone: they end with their lifetime, or with everything else under the prefix. */
  clear(): Promise<void> {
    return Promise.resolve();
  }

  on(): this {
    return this;
  }
}
