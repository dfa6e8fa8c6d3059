import { Keyv } from 'keyv';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Entry } from '../core/entry.js';
import type { EntryStore, TierStats } from '../core/store.js';
import { binaryCodec, referenceCodec } from './entry-codec.js';
import { Guard } from './guard.js';
import { GuardedStore } from './guarded-store.js';
import { JoinedStore } from './joined-store.js';
import { KeyvEntryStore } from './keyv-entry-store.js';
import { DEFAULT_MAX_ENTRY_BYTES, MemoryStore } from './memory-store.js';
import { PersistedQueryStore } from './persisted-query-store.js';
import { closeRedis, connectRedis, type RedisClient, type RedisOptions } from './redis-client.js';
import { redisServerInfo, type RedisServerInfo } from './redis-server-info.js';
import { RedisLeases } from './redis-leases.js';
import { RedisStore } from './redis-store.js';
import { TieredStore } from './tiered-store.js';
import { UnhurriedCommands } from './unhurried.js';

export interface StoresOptions {
  /** Null: everything stays in this process. */
  readonly redis: RedisOptions | null;
  /** Bound of what this process keeps; 0 with Redis: it keeps nothing. */
  readonly memoryBytes: number;
  readonly maxEntryBytes?: number;
  /** How long one request may wait for Redis, over all its look-ups. */
  readonly deadlineMs?: number;
  /** First part of every key. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Milliseconds on the clock that entries' lifetimes are measured on: the ledger's. */
  readonly now: () => number;
  readonly logger: Logger;
}

export interface Stores {
  readonly store: EntryStore;
  /** For Apollo's own cache, through `@apollo/utils.keyvadapter`. */
  readonly keyv: Keyv<string>;
  readonly redis: RedisClient | null;
  close(): Promise<void>;
}

/** How long a query that a client registered is known. Each use of an unknown one registers it again. */
const PERSISTED_QUERY_TTL = 24 * 60 * 60 * 1000;

/** Without what Redis takes for a pattern, since `clear` makes one of it. */
const PREFIX = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Opens what the configuration names: memory, Redis, or memory in front of Redis. */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const { prefix, clock, memoryBytes, maxEntryBytes = DEFAULT_MAX_ENTRY_BYTES } = options;
  if (!PREFIX.test(prefix)) throw new Error(`The cache prefix "${prefix}" cannot be used: give letters, digits, and _ . : or -`);
  const memory = memoryBytes > 0 || options.redis === null ? new MemoryStore({ maxBytes: memoryBytes, maxEntryBytes, prefix, clock }) : null;
  const redis = options.redis === null ? null : await openRedis(options.redis, { ...options, isAlone: memory === null });

  const near = memory && new KeyvEntryStore({ store: memory, peek: (key) => memory.peek(key) as Entry | undefined, contents: () => memory.contents(), codec: referenceCodec, maxEntryBytes, stats: () => memoryTier(memory) });
  const store = near && redis ? new TieredStore(near, redis.entries, options.now) : (near ?? redis?.entries);
  if (!store) throw new Error('a cache needs memory or Redis');

  const persistedQueries = new PersistedQueryStore({ memory, redis: redis?.texts ?? null, maxBytes: maxEntryBytes });
  const keyv = new Keyv<string>({ store: persistedQueries, namespace: prefix, ttl: PERSISTED_QUERY_TTL });
  return { store, keyv, redis: redis?.client ?? null, close: () => store.close() };
}

interface RedisTier {
  readonly client: RedisClient;
  readonly entries: EntryStore;
  readonly texts: GuardedStore;
}

async function openRedis(where: RedisOptions, options: StoresOptions & { readonly isAlone: boolean }): Promise<RedisTier> {
  const { prefix, logger, deadlineMs, maxEntryBytes = DEFAULT_MAX_ENTRY_BYTES } = options;
  const client = await connectRedis(where, logger);
  const unhurried = new UnhurriedCommands();
  const guard = new Guard({
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    probe: () => client.ping(),
    onChange: (closed) => {
      if (closed) logger.info({}, 'Redis answers again: the cache asks it');
      else logger.warn({}, 'Redis fails or is too slow: the cache does without it until it answers again');
    },
  });
  const entries = new (options.isAlone ? JoinedStore : KeyvEntryStore)({
    store: new GuardedStore(new RedisStore(client, prefix, 'bytes'), guard, unhurried),
    leases: new RedisLeases(client, guard, unhurried),
    codec: binaryCodec,
    maxEntryBytes,
    stats: () => redisTier(guard, client),
    close: async () => {
      guard.stop();
      await closeRedis(client);
    },
  });
  return { client, entries, texts: new GuardedStore(new RedisStore(client, prefix, 'text'), guard, unhurried) };
}

function memoryTier(memory: MemoryStore): TierStats {
  return { kind: 'memory', healthy: true, ...memory.stats(), timeouts: 0, errors: 0 };
}

async function redisTier(guard: Guard, client: RedisClient): Promise<TierStats> {
  const server = await guard.read<RedisServerInfo | null>(() => redisServerInfo(client), null);
  return {
    kind: 'redis',
    healthy: guard.healthy,
    entries: null,
    bytes: null,
    maxBytes: null,
    evictions: null,
    timeouts: guard.timeouts,
    errors: guard.errors,
    ...(server === null ? {} : { server }),
  };
}
