import { BYPASS, covers, GLOBAL, partition, positionToken, Reader, type Sources } from './cache/index.js';
import type { Database, DbScope } from './database/database.js';
import { Context, type ReadDb, type WriteScope } from './graphql/context.js';
import { WriteLog } from './graphql/write-log.js';
import type { Clock } from './lib/clock.js';
import { createIdentify } from './modules/tenancy/tenancy.module.js';
import type { RowImages } from './outbox/images.js';
import { withTransaction } from './outbox/with-transaction.js';
import type { OpenCache } from './open-cache.js';
import type { IncomingRequest } from './server/graphql-endpoint.js';

export interface ContextRooms extends Pick<OpenCache, 'cache' | 'feed' | 'relay'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly onRenewalError: (error: unknown) => void;
}

/** Makes the function that finds out who asks, and gives the operation its ways to read and to write. */
export function createContextFactory(rooms: ContextRooms): (incoming: IncomingRequest) => Promise<Context> {
  const { database, cache } = rooms;
  const identify = createIdentify(rooms.clock, rooms.onRenewalError);
  const sources: Sources<ReadDb> = (of) => (query) => database.read(of === GLOBAL ? 'platform' : { tenantId: of }, query);

  return async ({ credentials }) => {
    // Before the first read of anything: who asks is read through the cache, too (F1).
    const request = cache.begin({ bypass: !(await isCovered(rooms, credentials.after)) });
    const transactions = (writes: WriteLog, tenantId: () => string | null): Context['transaction'] => async (scope, work) => {
      const target = { database, scope: dbScope(scope, tenantId()), applied: (images: RowImages) => applied(rooms, images, writes) };
      try {
        return await withTransaction(target, work);
      } finally {
        request.renew();
      }
    };
    const anyone = new Reader<ReadDb>({ cache, request, partition: null, sources });
    // A session that is prolonged is none of the client's writes.
    const { tenant, viewer } = await identify(anyone, credentials, transactions(new WriteLog(), () => null));
    const reader = tenant === null ? anyone : new Reader<ReadDb>({ cache, request, partition: partition(tenant.id), sources });
    const writes = new WriteLog();
    const transaction = transactions(writes, () => tenant?.id ?? null);
    return new Context({ tenant, viewer, acceptedLanguages: credentials.acceptedLanguages, reader, transaction, writes });
  };
}

/**
 * Whether this node's copy of the ledger holds what the client has seen answered, after one sync if need be. What is not
 * covered even then, of another epoch or malformed, is read without the caches (F3).
 */
async function isCovered({ cache }: ContextRooms, after: string | null): Promise<boolean> {
  if (after === null) return true;
  if (after === BYPASS) return false;
  if (covers(cache.ledger, after)) return true;
  await cache.ledger.sync().catch(() => undefined);
  return covers(cache.ledger, after);
}

/** After the commit and before the answer. */
async function applied({ feed, relay }: ContextRooms, { outboxIds, changes }: RowImages, writes: WriteLog): Promise<void> {
  const invalidation = await feed.applyOwn(changes);
  if (invalidation === null) {
    writes.position = BYPASS;
    writes.pending = true;
    return;
  }
  relay.applied(outboxIds, invalidation.epoch);
  if (!writes.pending) writes.position = positionToken(invalidation);
}

function dbScope(scope: WriteScope, tenantId: string | null): DbScope {
  if (scope === 'platform') return 'platform';
  if (tenantId === null) throw new Error('a transaction of a tenant needs a tenant');
  return { tenantId };
}
