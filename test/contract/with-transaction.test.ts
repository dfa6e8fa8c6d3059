import { connect, createServer, type Socket } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database, type Db } from '../../src/database/database.js';
import { schema } from '../../src/database/schema.js';
import { silentLogger } from '../../src/lib/logger.js';
import type { Change, RowImages } from '../../src/outbox/images.js';
import { withTransaction } from '../../src/outbox/with-transaction.js';
import { fillDatabase, ONE } from './database-fixture.js';
import { ALL, POSTGRES, type OpenedDatabase } from './database-kinds.js';

const { medicines, outbox, productGroups, stockLevels, stockMovements } = schema;

const sell = (tx: Db) => tx.update(stockLevels).set({ quantity: sql`${stockLevels.quantity} - 1` }).where(eq(stockLevels.medicineId, ONE.medicineId));
const movement = { tenantId: ONE.tenantId, medicineId: ONE.medicineId, delta: -1, reason: 'SALE' } as const;
const quantityIn = async (database: Database): Promise<number | undefined> => (await database.read(ONE, (db) => db.select().from(stockLevels)))[0]?.quantity;
const recordedIn = async (database: Database): Promise<Change[]> => {
  const rows = await database.read('platform', (db) => db.select().from(outbox).orderBy(outbox.id));
  return rows.map(({ tableName, partition, images }) => ({ table: tableName, partition, images: images as Change['images'] }));
};

describe.each(ALL)('withTransaction on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;
  const recorded = (): Promise<Change[]> => recordedIn(database);
  /** A transaction, and what was told of it. */
  const listening = () => {
    const told: RowImages[] = [];
    return { told, target: { database, scope: ONE, applied: async (images: RowImages) => void told.push(images) } };
  };

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await fillDatabase(database);
  });
  beforeEach(() => database.owner((tx) => tx.execute(sql`truncate outbox`)));
  afterAll(() => opened.close());

  it('tells what its transaction changed, once that is committed and before it answers', async () => {
    const told: RowImages[] = [];
    const before = await database.read(ONE, (db) => db.select().from(stockLevels));
    let visible: number | undefined;
    const answer = await withTransaction(
      {
        database,
        scope: ONE,
        applied: async (images) => {
          told.push(images);
          visible = (await database.read(ONE, (db) => db.select().from(stockLevels)))[0]?.quantity;
        },
      },
      async (tx) => {
        await sell(tx);
        await tx
          .insert(stockMovements)
          .values({ tenantId: ONE.tenantId, medicineId: ONE.medicineId, delta: -1, reason: 'SALE' });
        return 'sold';
      },
    );
    expect(answer).toBe('sold');
    expect(visible).toBe((before[0]?.quantity ?? 0) - 1);
    expect(told).toHaveLength(1);
    expect(told[0]?.changes).toEqual([
      { table: 'stock_levels', partition: ONE.tenantId, images: [{ medicine_id: ONE.medicineId, tenant_id: ONE.tenantId, low: false, '@same': true }] },
      {
        table: 'stock_movements',
        partition: ONE.tenantId,
        images: [expect.objectContaining({ medicine_id: ONE.medicineId, reason: 'SALE' })],
      },
    ]);
    const ids = await database.read('platform', (db) =>
      db
        .select({ id: sql<string>`id::text` })
        .from(outbox)
        .orderBy(outbox.id),
    );
    expect(told[0]?.outboxIds).toEqual(ids.map(({ id }) => id));
  });

  it('tells nothing and leaves nothing when it rolls back', async () => {
    const told: RowImages[] = [];
    const target = { database, scope: ONE, applied: async (images: RowImages) => void told.push(images) };
    const failing = withTransaction(target, async (tx) => {
      await sell(tx);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect([told, await recorded()]).toEqual([[], []]);
  });

  it('tells nothing when nothing changed', async () => {
    const told: RowImages[] = [];
    const target = { database, scope: ONE, applied: async (images: RowImages) => void told.push(images) };
    await withTransaction(target, (tx) => tx.select().from(medicines));
    expect(told).toEqual([]);
  });

  it('tells each of many at once its own changes', async () => {
    const told: RowImages[] = [];
    const name = (index: number) => `group ${index}`;
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        withTransaction({ database, scope: 'platform', applied: async (images) => void told.push(images) }, (tx) =>
          tx.insert(productGroups).values({ id: sql`gen_random_uuid()`, tradeName: name(index) }),
        ),
      ),
    );
    const names = told.map(({ changes }) =>
      changes.flatMap(({ images }) => (images ?? []).map(({ trade_name }) => trade_name)),
    );
    expect(names.sort()).toEqual(Array.from({ length: 12 }, (_, index) => [name(index)]).sort());
  });

  it('F1 tells what others had committed before and nobody has applied, and nothing that was applied', async () => {
    await database.write(ONE, sell);
    const [theirs] = await recorded();
    const earlier: RowImages[] = [];
    const target = { database, scope: ONE, applied: async (_: RowImages, before: RowImages) => void earlier.push(before) };
    await withTransaction(target, sell);
    expect(earlier.map(({ changes }) => changes.map(({ table }) => table))).toEqual([[theirs?.table]]);
    await database.owner((tx) => tx.execute(sql`update outbox set applied_epochs = array['e'], marked_at = now()`));
    await withTransaction(target, sell);
    expect(earlier[1]?.changes).toEqual([]);
  });

  it('passes on that its changes could not be applied: they stand, and stay in the outbox', async () => {
    const applied = () => Promise.reject(new Error('no ledger'));
    await expect(withTransaction({ database, scope: ONE, applied }, sell)).rejects.toThrow('no ledger');
    expect((await recorded()).map(({ table }) => table)).toEqual(['stock_levels']);
  });

  it('F4 commits nothing and tells nothing when its record cannot be read back', async () => {
    const { told, target } = listening();
    const rename = (from: string, to: string) => database.owner((tx) => tx.execute(sql.raw(`alter function ${from}() rename to ${to}`)));
    const before = await quantityIn(database);
    await rename('outbox_to_apply', 'mislaid');
    try {
      await expect(withTransaction(target, sell)).rejects.toMatchObject({ code: 'DATABASE_QUERY_FAILED', sqlState: '42883' });
    } finally {
      await rename('mislaid', 'outbox_to_apply');
    }
    expect([told, await recorded(), await quantityIn(database)]).toEqual([[], [], before]);
    await withTransaction(target, sell);
    expect([told.length, await quantityIn(database)]).toEqual([1, (before ?? 0) - 1]);
  });

  it('F4 commits nothing and tells nothing after an error that the work ignored', async () => {
    const { told, target } = listening();
    const before = await quantityIn(database);
    const failing = withTransaction(target, async (tx) => {
      await sell(tx);
      await tx.execute(sql`select 1 / 0`).catch(() => undefined);
    });
    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_QUERY_FAILED' });
    expect([told, await recorded(), await quantityIn(database)]).toEqual([[], [], before]);
  });

  it('F4 tells nothing of what the commit itself refuses', async () => {
    const { told, target } = listening();
    const alter = (how: string) => database.owner((tx) => tx.execute(sql.raw(`alter table stock_movements alter constraint stock_movements_medicine ${how}`)));
    const before = await quantityIn(database);
    await alter('deferrable initially deferred');
    let isDone = false;
    try {
      const failing = withTransaction(target, async (tx) => {
        await sell(tx);
        await tx.insert(stockMovements).values({ ...movement, medicineId: '99999999-9999-3999-8999-999999999999' });
        isDone = true;
      });
      await expect(failing).rejects.toMatchObject({ code: 'DATABASE_QUERY_FAILED', sqlState: '23503', constraint: 'stock_movements_medicine' });
    } finally {
      await alter('not deferrable');
    }
    expect(isDone).toBe(true);
    expect([told, await recorded(), await quantityIn(database)]).toEqual([[], [], before]);
    await withTransaction(target, sell);
    expect(told).toHaveLength(1);
  });

  it('F4 goes back to a savepoint with what was recorded after it', async () => {
    const { told, target } = listening();
    await withTransaction(target, async (tx) => {
      await sell(tx);
      await tx
        .transaction(async (inner) => {
          await inner.insert(stockMovements).values(movement);
          throw new Error('not that');
        })
        .catch(() => undefined);
    });
    expect(told.map(({ changes }) => changes.map(({ table }) => table))).toEqual([['stock_levels']]);
  });

  it('takes no statement once the record was read back', async () => {
    let kept: Db | undefined;
    const { target } = listening();
    await withTransaction(target, (tx) => {
      kept = tx;
      return sell(tx);
    });
    await expect(sell(kept as Db)).rejects.toThrow();
  });
});

describe('withTransaction on PostgreSQL, on the way to the commit', () => {
  const LOCK = 4711;
  /** Waits for the lock that the test holds. */
  const WAITING = `select pg_advisory_xact_lock(${LOCK})::text as waited`;
  let opened: OpenedDatabase;
  let admin: postgres.Sql;

  beforeAll(async () => {
    opened = await POSTGRES.open();
    await fillDatabase(opened.database);
    admin = postgres(opened.url, { max: 1, onnotice: () => undefined });
  });
  beforeEach(() => opened.database.owner((tx) => tx.execute(sql`truncate outbox`)));
  afterAll(async () => {
    await admin.end();
    await opened.close();
  });

  it('sends the commit without waiting for the record', async () => {
    const { database, statements } = opened;
    await admin`select pg_advisory_lock(${LOCK})`;
    statements.length = 0;
    const writing = database.writeAndRead(ONE, sell, WAITING);
    await expect.poll(() => statements.slice(-2)).toEqual([WAITING, 'commit']);
    await admin`select pg_advisory_unlock(${LOCK})`;
    expect((await writing).rows).toEqual([{ waited: '' }]);
  });

  it('F4 is unavailable, and has changed nothing, when the connection is lost before the commit', async () => {
    const { database } = opened;
    const before = await quantityIn(database);
    await admin`select pg_advisory_lock(${LOCK})`;
    const failed = expect(database.writeAndRead(ONE, sell, WAITING)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const terminate = () => admin`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`;
    await expect.poll(async () => (await terminate()).length).toBe(1);
    await failed;
    await admin`select pg_advisory_unlock(${LOCK})`;
    expect([await recordedIn(database), await quantityIn(database)]).toEqual([[], before]);
  });

  it('F4 tells nobody of a commit whose answer was lost: the outbox holds it', async () => {
    const { database } = opened;
    const link = await deafLink(Number(new URL(opened.url).port || 5432));
    const url = new URL(opened.url);
    url.port = String(link.port);
    const behind = await openDatabase({ url: url.href, poolMax: 1, dataDir: null, logger: silentLogger });
    const before = await quantityIn(database);
    const told: RowImages[] = [];
    const failing = withTransaction({ database: behind, scope: ONE, applied: async (images) => void told.push(images) }, async (tx) => {
      await sell(tx);
      link.deafen();
    });
    const failed = expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect.poll(() => quantityIn(database)).toBe((before ?? 0) - 1);
    link.cut();
    await failed;
    expect(told).toEqual([]);
    expect((await recordedIn(database)).map(({ table }) => table)).toEqual(['stock_levels']);
    await behind.close();
    await link.close();
  });
});

/** Passes bytes on to a server, and until it is told otherwise its answers back. */
async function deafLink(target: number) {
  let isDeaf = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    sockets.add(near).add(far);
    near.pipe(far);
    far.on('data', (bytes) => void (isDeaf || near.write(bytes)));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    deafen: () => void (isDeaf = true),
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
