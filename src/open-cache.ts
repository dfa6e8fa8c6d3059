import { setTimeout as pause } from 'node:timers/promises';
import { ChangeFeed, createCache, NOTHING, predicateForms, TRUST_MS, type Cache, type Stores, type Without } from './cache/index.js';
import type { Config } from './config.js';
import type { Database } from './database/database.js';
import { DatabaseError, isUnavailable } from './database/database-error.js';
import type { Clock } from './lib/clock.js';
import type { Logger } from './lib/logger.js';
import { declarePredicates, readPredicates } from './outbox/predicate-registry.js';
import { Relay } from './outbox/relay.js';

export interface CacheRooms {
  readonly config: Pick<Config, 'redis' | 'cache'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For tests of the mechanisms alone. */
  readonly without?: Without | undefined;
  /** How many tags the ledger remembers. */
  readonly ledgerMaxTags?: number | undefined;
}

/** The cache of one process, and what tells it of changes. */
export interface OpenCache {
  readonly cache: Cache;
  readonly feed: ChangeFeed;
  readonly relay: Relay;
  readonly stores: Stores;
  close(): Promise<void>;
}

/** Where only this process can write, polls have nothing to find but what a crash has left. */
const IDLE_POLL_MS = 60_000;

/** Opens stores and ledger, and begins to follow the outbox. */
export async function openCache({ config, database, clock, logger, without = NOTHING, ledgerMaxTags }: CacheRooms): Promise<OpenCache> {
  const { enabled, prefix, deadline, memoryBytes, maxEntryBytes } = config.cache;
  // A ledger in memory knows nothing of what another process would do.
  if (config.redis === null && !(await database.exclude())) {
    throw new DatabaseError('DATABASE_IN_USE', 'another server without Redis uses this database: stop it, or give both the same REDIS_URL.');
  }
  // PGlite's directory is locked by this process, and without Redis nothing outlives it.
  const isAlone = database.kind === 'pglite' && config.redis === null;
  const needsPolls = !isAlone && !without.has('outbox');
  const created = await createCache({
    redis: config.redis,
    memoryBytes,
    maxEntryBytes,
    deadlineMs: deadline,
    prefix,
    databaseId: database.id,
    enabled,
    isSourceFailure: isUnavailable,
    // PGlite refuses a read inside a transaction, by the asynchronous context that it was called in: it has to stay there.
    gathersLoads: database.kind === 'postgres',
    needsPolls,
    clock,
    logger,
    ledgerMaxTags,
    without,
  });
  const { core: cache, stores } = created;
  const feed = new ChangeFeed(cache);
  const relay = new Relay({
    database,
    logger,
    apply: async ({ changes }) => (await feed.apply(changes)).epoch,
    epoch: () => cache.ledger.epoch,
    onPolled: (poll) => feed.polled(poll),
    onUnanswered: () => cache.ledger.pollFailed(),
    prepare: async (tx) => feed.learn(await readPredicates({ read: (_, query) => query(tx) })),
    marksPerEpoch: !without.has('mark-per-epoch'),
    ...(isAlone ? { interval: IDLE_POLL_MS } : {}),
  });
  // Before the first request: until a poll was completed, nothing stored is trusted.
  const isNew = await declarePredicates(database, predicateForms.all);
  if (isNew && needsPolls) {
    // Nodes of another version emit the tags of these from their next poll on; nothing is stored under them before.
    logger.info({}, 'lists depend on predicates that are new: waiting for the other nodes to learn of them');
    await pause(2 * TRUST_MS);
  }
  if (!without.has('outbox')) {
    await relay.poll().catch((error: unknown) => logger.warn({ err: error }, 'the outbox could not be polled yet'));
    relay.start();
  }
  return {
    cache,
    feed,
    relay,
    stores,
    close: async () => {
      await relay.close();
      await created.close();
    },
  };
}
