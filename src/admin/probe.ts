import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { GLOBAL, ledgerConnection, MemoryLedger, openStores, RedisLedger, tags, type CacheKey, type Entry, type Ledger, type Stores } from '../cache/index.js';
import type { Config } from '../config.js';
import type { Database } from '../database/database.js';
import { systemClock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';

/** What one layer took to write, to read and to delete a value, in milliseconds; or why it could not. */
export interface ProbeResult {
  readonly layer: 'database' | 'memory' | 'redis' | 'ledger';
  readonly ok: boolean;
  readonly milliseconds: { readonly write: number; readonly read: number; readonly delete: number } | null;
  readonly error: string | null;
}

export interface ProbeOptions {
  readonly config: Pick<Config, 'redis' | 'cache'>;
  readonly open: () => Promise<Database>;
  readonly logger: Logger;
}

interface Layer {
  write(): Promise<void>;
  /** Whether what was written is there. */
  read(): Promise<boolean>;
  delete(): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any of this takes where it works. */
const DEADLINE_MS = 2_000;
const LIFETIME_MS = 60_000;

/**
 * Writes, reads and deletes a value at each layer of the configuration, from this machine. It touches nothing that a server
 * uses: the names are its own, and random.
 */
export async function probe({ config, open, logger }: ProbeOptions): Promise<readonly ProbeResult[]> {
  const prefix = `${config.cache.prefix}:probe:${randomUUID()}`;
  const where = { prefix, deadlineMs: DEADLINE_MS, maxEntryBytes: config.cache.maxEntryBytes, clock: systemClock, now: () => systemClock.now(), logger };
  const { redis } = config;
  const results = [await measure('database', () => databaseLayer(open))];
  if (redis === null || config.cache.memoryBytes > 0) {
    results.push(await measure('memory', async () => storeLayer(await openStores({ ...where, redis: null, memoryBytes: config.cache.memoryBytes }), prefix)));
  }
  if (redis !== null) results.push(await measure('redis', async () => storeLayer(await openStores({ ...where, redis, memoryBytes: 0 }), prefix)));
  results.push(await measure('ledger', () => ledgerLayer({ ...where, redis })));
  return results;
}

async function measure(name: ProbeResult['layer'], open: () => Promise<Layer>): Promise<ProbeResult> {
  let layer: Layer | null = null;
  try {
    layer = await open();
    const write = await timed(() => layer?.write());
    let found: boolean | undefined = false;
    const read = await timed(async () => (found = await layer?.read()));
    const remove = await timed(() => layer?.delete());
    if (!found) throw new Error('what was written was not found');
    return { layer: name, ok: true, milliseconds: { write, read, delete: remove }, error: null };
  } catch (error) {
    return { layer: name, ok: false, milliseconds: null, error: error instanceof Error ? error.message : String(error) };
  } finally {
    await layer?.close().catch(() => undefined);
  }
}

async function timed(work: () => Promise<unknown> | undefined): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((performance.now() - started) * 1_000) / 1_000;
}

/** In a table that is gone with its transaction. */
async function databaseLayer(open: () => Promise<Database>): Promise<Layer> {
  const database = await open();
  const steps = new Map<string, () => Promise<unknown>>();
  const value = randomUUID();
  // One transaction, which waits between the steps: the table is seen by nobody else.
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  let started: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (started = resolve));
  const done = database.owner(async (tx) => {
    await tx.execute(sql`create temporary table larder_probe (value text) on commit drop`);
    steps.set('write', () => tx.execute(sql`insert into larder_probe values (${value})`));
    steps.set('read', async () => (await tx.select({ value: sql<string>`value` }).from(sql`larder_probe`)).some((row) => row.value === value));
    steps.set('delete', () => tx.execute(sql`delete from larder_probe`));
    started();
    await end;
  });
  await Promise.race([begun, done]);
  const step = async (name: string): Promise<unknown> => steps.get(name)?.();
  return {
    write: async () => void (await step('write')),
    read: async () => (await step('read')) === true,
    delete: async () => void (await step('delete')),
    close: async () => {
      ended();
      await done.catch(() => undefined);
      await database.close();
    },
  };
}

function storeLayer(stores: Stores, prefix: string): Layer {
  const { store } = stores;
  const key = `${prefix}:value` as CacheKey;
  const value = randomUUID();
  const now = systemClock.now();
  const entry: Entry = {
    value,
    tags: [tags.everyRow(GLOBAL, 'probe')],
    stamp: { epoch: 'probe', position: 0 },
    readAt: now,
    freshUntil: now + LIFETIME_MS,
    staleUntil: now + LIFETIME_MS,
    scope: 'PUBLIC',
    cost: 0,
  };
  return {
    write: () => store.setMany([{ key, entry, bytes: value.length, ttl: LIFETIME_MS }]),
    read: async () => (await store.getMany([key]))[0]?.value === value,
    delete: () => store.deleteMany([key]),
    close: () => stores.close(),
  };
}

type LedgerPlace = Omit<Parameters<typeof openStores>[0], 'memoryBytes'>;

async function ledgerLayer({ redis, prefix, logger, clock, ...rest }: LedgerPlace): Promise<Layer> {
  const stores = redis === null ? null : await openStores({ ...rest, redis, prefix, logger, clock, memoryBytes: 0 });
  const client = stores?.redis ?? null;
  const tag = tags.everyRow(GLOBAL, 'probe');
  const databaseId = 'probe';
  const ledger: Ledger =
    client === null
      ? new MemoryLedger({ clock, needsPolls: false })
      : new RedisLedger({ connection: ledgerConnection(client, logger), prefix, databaseId, clock, deadlineMs: DEADLINE_MS, needsPolls: false, logger });
  return {
    write: async () => void (await ledger.invalidate([tag])),
    read: async () => {
      await ledger.sync();
      return ledger.positionOf(tag) > 0;
    },
    delete: async () => void (await client?.sendCommand(['UNLINK', `${prefix}:{ledger:${databaseId}}`])),
    close: async () => {
      await ledger.close();
      await stores?.close();
    },
  };
}
