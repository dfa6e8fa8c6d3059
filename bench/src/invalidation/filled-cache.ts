import { createClient } from '@redis/client';
import { Cache, Collector, ledgerConnection, openStores, partition, RedisLedger, tags, type Lookup, type Stores, type Subject, type Tag } from '../../../dist/cache/index.js';
import { systemClock } from '../../../dist/lib/clock.js';
import { silentLogger } from '../../../dist/lib/logger.js';

const TENANT = partition('00000000-0000-4000-8000-000000000001');
const POLICY = { maxAge: 3_600_000, staleWhileRevalidate: 0, scope: 'PUBLIC' } as const;
const BATCH = 1_000;
/** A million entries are written without regard to how long a request may wait. */
const PATIENCE = 60_000;

/** As much of a Redis client as is asked here. */
interface Asking {
  dbSize(): Promise<number>;
  info(section: string): Promise<string>;
  destroy(): void;
}

/** The engine alone, on Redis and without a memory tier: entries that all carry one tag, for as many tags as wanted. */
export class FilledCache {
  private constructor(
    private readonly cache: Cache,
    private readonly stores: Stores,
    private readonly redis: Asking,
  ) {}

  static async open(redisUrl: string): Promise<FilledCache> {
    const prefix = 'invalidation';
    const later: { ledger?: RedisLedger } = {};
    const stores = await openStores({
      redis: { kind: 'single', url: redisUrl, connectTimeout: 1_000 },
      memoryBytes: 0,
      deadlineMs: PATIENCE,
      prefix,
      clock: systemClock,
      now: () => (later.ledger ?? systemClock).now(),
      logger: silentLogger,
    });
    if (stores.redis === null) throw new Error('there is no Redis');
    const ledger = new RedisLedger({
      connection: ledgerConnection(stores.redis, silentLogger),
      prefix,
      databaseId: prefix,
      clock: systemClock,
      deadlineMs: PATIENCE,
      needsPolls: false,
      logger: silentLogger,
    });
    later.ledger = ledger;
    await ledger.start();
    const cache = new Cache({ store: stores.store, ledger, prefix, databaseId: prefix, enabled: true, onBackgroundError: () => undefined });
    const redis = createClient({ url: redisUrl });
    await redis.connect();
    return new FilledCache(cache, stores, redis);
  }

  /** @throws Error when Redis has not as many entries more as it was given. */
  async fill(size: number): Promise<void> {
    const before = await this.redis.dbSize();
    for (let from = 0; from < size; from += BATCH) await this.store(size, from, Math.min(size, from + BATCH));
    const stored = (await this.redis.dbSize()) - before;
    if (stored !== size) throw new Error(`${stored} of ${size} entries were stored`);
  }

  async store(size: number, from: number, to: number): Promise<void> {
    const values = Array.from({ length: to - from }, (_, index) => {
      const collector = new Collector(TENANT);
      collector.tag(tagOf(size));
      return { ...this.#lookup(size, from + index), value: { id: String(from + index), name: 'A medicine', priceMinor: 1_000 }, collector };
    });
    await this.cache.write(this.cache.begin(), values);
  }

  /** How many of the first entries may be served. */
  async valid(size: number, count: number): Promise<number> {
    const lookups = Array.from({ length: count }, (_, index) => this.#lookup(size, index));
    const found = await this.cache.peekMany(this.cache.begin(), lookups);
    return found.filter((entry) => entry !== undefined).length;
  }

  async invalidate(size: number): Promise<void> {
    await this.cache.ledger.invalidate([tagOf(size)]);
  }

  /** Commands that Redis has run so far, but for this question and what keeps connections alive. */
  async commands(): Promise<number> {
    const info = await this.redis.info('commandstats');
    const calls = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
    return calls.reduce((sum, [, command, count]) => (command === 'info' || command === 'ping' ? sum : sum + Number(count)), 0);
  }

  async close(): Promise<void> {
    this.redis.destroy();
    await this.cache.ledger.close();
    await this.stores.close();
  }

  #lookup(size: number, index: number): Lookup {
    const subject: Subject = { layer: 'entity', name: 'filled', version: '1' };
    return { identity: this.cache.identities.of(subject, TENANT, [size, index]), policy: POLICY };
  }
}

function tagOf(size: number): Tag {
  return tags.predicate(TENANT, 'medicines', { category_id: String(size) });
}
