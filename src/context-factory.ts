import { BYPASS, Collector, GLOBAL, isCovered, partition, positionToken, Reader, Remembered, type CacheRequest, type Invalidation, type Partition, type Sources, type Tag } from './cache/index.js';
import type { Database, Db, DbScope } from './database/database.js';
import { Context, type ReadDb, type Transaction, type WriteScope } from './graphql/context.js';
import { LarderError } from './graphql/errors.js';
import { suffices } from './graphql/roles.js';
import { WriteLog } from './graphql/write-log.js';
import type { Clock } from './lib/clock.js';
import { createIdentify, sessionIdOf, type Identified } from './modules/tenancy/tenancy.module.js';
import type { RowImages } from './outbox/images.js';
import { recordPurge } from './outbox/record-purge.js';
import { withTransaction } from './outbox/with-transaction.js';
import type { OpenCache } from './open-cache.js';
import type { IncomingRequest } from './server/arrival.js';
import type { Credentials } from './server/credentials.js';

export interface ContextRooms extends Pick<OpenCache, 'cache' | 'feed' | 'relay'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly onRenewalError: (error: unknown) => void;
  /** Whether everybody may ask how an answer came about, or staff alone. */
  readonly explainsToAll: boolean;
}

/** Makes the function that finds out who asks, and gives the operation its ways to read and to write. */
export function createContextFactory(rooms: ContextRooms): (incoming: IncomingRequest) => Context | Promise<Context> {
  const { database, cache } = rooms;
  const identify = createIdentify(rooms.clock, rooms.onRenewalError);
  const sources: Sources<ReadDb> = (of) => (query) => database.read(of === GLOBAL ? 'platform' : { tenantId: of }, query);

  // Every request asks for it, before anything else.
  const askers = new Remembered<Asker>({ name: 'asker', max: MAX_ASKERS, maxAge: ASKER_MAX_AGE });
  const ask = async (begun: Begun, name: string): Promise<Context> => {
    const reader = readerOf(begun, null);
    const collector = new Collector(null);
    // A session renewal does not count as a write of the client, and may end after the request has gone on.
    const beside = { incoming: { ...begun.incoming, isGivenUp: () => false }, request: cache.begin({ bypass: begun.request.bypass }) };
    const found = await identify(reader.within(collector), begun.incoming.credentials, transactionsOf(beside, new WriteLog(), reader));
    const asker = { found, partition: found.tenant === null ? null : partition(found.tenant.id) };
    askers.set(begun.request, name, { value: asker, collector });
    return contextOf(begun, asker);
  };

  const readerOf = ({ request }: Begun, of: Partition | null): Reader<ReadDb> => new Reader({ cache, request, partition: of, sources, collector: new Collector(of, false) });
  const transactionsOf = ({ request, incoming }: Begun, writes: WriteLog, reader: Reader<ReadDb>): Transaction => async (scope, work, storing) => {
    const before = cache.ledger.stamp();
    const done: { invalidation: Invalidation | null } = { invalidation: null };
    const applied = async (own: RowImages, earlier: RowImages): Promise<void> => {
      done.invalidation = await apply(rooms, own, earlier);
      note(writes, done.invalidation);
    };
    try {
      const result = await withTransaction({ database, scope: dbScope(scope, reader.partition), applied }, inTime(work, incoming.isGivenUp));
      const { invalidation } = done;
      if (storing !== undefined && invalidation !== null) {
        for (const store of storing(result)) await store(reader, { before, invalidation });
      }
      return result;
    } finally {
      request.renew();
    }
  };
  const contextOf = (begun: Begun, asker: Asker): Context => {
    const { tenant, viewer } = asker.found;
    const { acceptedLanguages, explain } = begun.incoming.credentials;
    const reader = readerOf(begun, asker.partition);
    const writes = new WriteLog();
    const explains = explain && (rooms.explainsToAll || suffices(viewer.role, 'STAFF'));
    return new Context({ tenant, viewer, acceptedLanguages, client: begun.incoming.client, explains, reader, transaction: transactionsOf(begun, writes, reader), writes });
  };
  const begin = (incoming: IncomingRequest, bypass: boolean): Context | Promise<Context> => {
    // Before the first read of anything: who asks is read through the cache, too (F1).
    const begun = { incoming, request: cache.begin({ bypass }) };
    const name = askerNamed(incoming.credentials);
    const known = askers.get(cache, begun.request, name);
    return known !== undefined && rooms.clock.now() <= known.found.until ? contextOf(begun, known) : ask(begun, name);
  };

  return (incoming) => {
    const { after } = incoming.credentials;
    return after === null ? begin(incoming, false) : isCovered(cache.ledger, after).then((covered) => begin(incoming, !covered));
  };
}

/** A request, and its view of the cache. */
interface Begun {
  readonly incoming: IncomingRequest;
  readonly request: CacheRequest;
}

/** Who asks, and whose rows are read then. */
interface Asker {
  readonly found: Identified;
  readonly partition: Partition | null;
}

/** Who was asked as lately: at some hundred bytes each, a few megabytes (C4). */
const MAX_ASKERS = 10_000;
const ASKER_MAX_AGE = 60_000;

/** By the session's id: tokens are kept nowhere (P7). What is no token has a name of its own, under which nobody is ever found. */
function askerNamed({ token, tenantSlug }: Credentials): string {
  return `${token === null ? 'anonymous' : (sessionIdOf(token) ?? 'nobody')} ${tenantSlug ?? ''}`;
}

/** What nobody waits for any more is not begun, and not committed. */
function inTime<T>(work: (tx: Db) => Promise<T>, isGivenUp: () => boolean): (tx: Db) => Promise<T> {
  const check = (): void => {
    if (isGivenUp()) throw new LarderError('REQUEST_TIMEOUT', 'The request took too long and was given up.');
  };
  return async (tx) => {
    check();
    const result = await work(tx);
    check();
    return result;
  };
}

export type WriteRooms = Pick<ContextRooms, 'database' | 'feed' | 'relay' | 'cache'>;

/** A transaction outside of any request: what depends on it is invalid when it resolves, or null says that it is pending. */
export async function write<T>(rooms: WriteRooms, scope: DbScope, work: (tx: Db) => Promise<T>): Promise<{ result: T; invalidation: Invalidation | null }> {
  let invalidation: Invalidation | null = null;
  const result = await withTransaction({ database: rooms.database, scope, applied: async (own, earlier) => void (invalidation = await apply(rooms, own, earlier)) }, work);
  return { result, invalidation };
}

/** A purge is recorded like a change, so that nothing loses it, and applied before the answer. */
export async function applyPurge(rooms: WriteRooms, tags: readonly Tag[]): Promise<Invalidation | null> {
  return (await write(rooms, 'platform', (tx) => recordPurge(tx, tags))).invalidation;
}

const NOTHING_CHANGED: RowImages = { outboxIds: [], changes: [] };

/** Together with what others have changed before: whoever is shown a change is shown what it stands on (F1). */
async function apply({ feed, relay, cache }: WriteRooms, own: RowImages, others: RowImages): Promise<Invalidation | null> {
  const earlier = cache.without.has('outbox') ? NOTHING_CHANGED : relay.unapplied(others, cache.ledger.epoch);
  const applied = feed.applyOwn([...own.changes, ...earlier.changes]);
  await relay.applying([...own.outboxIds, ...earlier.outboxIds], applied.then((invalidation) => invalidation?.epoch ?? null));
  return applied;
}

/** What the client is told. */
function note(writes: WriteLog, invalidation: Invalidation | null): void {
  if (invalidation === null) writes.pending = true;
  writes.position = invalidation === null || writes.pending ? BYPASS : positionToken(invalidation);
}

function dbScope(scope: WriteScope, tenantId: string | null): DbScope {
  if (scope === 'platform') return 'platform';
  if (tenantId === null) throw new Error('a transaction of a tenant needs a tenant');
  return { tenantId };
}
