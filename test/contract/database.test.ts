import { createServer } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database, type Db } from '../../src/database/database.js';
import { DatabaseError, isUnavailable, sqlState } from '../../src/database/database-error.js';
import { migrate } from '../../src/database/migrate.js';
import { schema } from '../../src/database/schema.js';
import { silentLogger, type Logger } from '../../src/lib/logger.js';
import { createTestDatabase } from '../support/test-database.js';
import { fillDatabase, ONE, SECRET, TWO } from './database-fixture.js';
import { ALL, BOTH, PGLITE, POSTGRES, type OpenedDatabase } from './database-kinds.js';

const { stockLevels, tenants, users } = schema;
const quantity = (db: Db): Promise<number | undefined> =>
  db
    .select({ quantity: stockLevels.quantity })
    .from(stockLevels)
    .where(eq(stockLevels.medicineId, ONE.medicineId))
    .then((rows) => rows[0]?.quantity);
const setQuantity = (tx: Db, to: number): Promise<unknown> =>
  tx.update(stockLevels).set({ quantity: to }).where(eq(stockLevels.medicineId, ONE.medicineId));
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error,
  );

describe.each(ALL)('a database on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await fillDatabase(database);
  });
  afterAll(() => opened.close());

  it('commits what was written, and gives back what the work returned', async () => {
    expect(await database.write(ONE, async (tx) => (await setQuantity(tx, 24), 'done'))).toBe('done');
    expect(await database.read(ONE, quantity)).toBe(24);
  });

  it('rolls back when the work fails, and passes its error on', async () => {
    const failing = database.write(ONE, async (tx) => {
      await setQuantity(tx, 1);
      throw new RangeError('changed my mind');
    });
    expect(await failure(failing)).toEqual(new RangeError('changed my mind'));
    expect(await database.read(ONE, quantity)).toBe(24);
  });

  it('does not call committed what the server rolled back after an error that the work ignored', async () => {
    const failing = database.write(ONE, async (tx) => {
      await setQuantity(tx, 1);
      await setQuantity(tx, -1).catch(() => undefined);
    });
    expect(await failure(failing)).toBeInstanceOf(DatabaseError);
    expect(await database.read(ONE, quantity)).toBe(24);
  });

  it('goes back to a savepoint and on from there', async () => {
    await database.write(ONE, async (tx) => {
      await setQuantity(tx, 20);
      await tx.transaction((inner) => setQuantity(inner, -1)).catch(() => undefined);
    });
    expect(await database.read(ONE, quantity)).toBe(20);
  });

  it('writes nothing while reading', async () => {
    expect(sqlState(await failure(database.read(ONE, (db) => setQuantity(db, 1))))).toBe('25006');
  });

  it('takes statements one after the other when they are sent at once', async () => {
    const [a, b, c] = await database.read(ONE, (db) => Promise.all([quantity(db), db.select().from(tenants), quantity(db)]));
    expect([a, b.length, c]).toEqual([20, 1, 20]);
  });

  it('answers many readers at once, also more than it has connections', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => database.read(ONE, quantity)));
    expect(new Set(answers)).toEqual(new Set([20]));
  });

  it('leaves neither role nor tenant behind on a connection', async () => {
    await database.read(ONE, quantity);
    const settings = sql<string>`current_user || ':' || coalesce(current_setting('app.tenant_id', true), '')`;
    const [left] = await database.owner((db) => db.select({ settings }).from(sql`(select 1) as one`));
    expect(left?.settings).toMatch(/^(?!larder_app|larder_platform).+:$/);
  });

  it('refuses statements once their transaction has ended', async () => {
    let kept: Db | undefined;
    await database.read(ONE, (db) => Promise.resolve((kept = db)));
    await expect(quantity(kept as Db)).rejects.toThrow();
  });

  it('sells no more than there is, whoever comes at once', async () => {
    await database.write(ONE, (tx) => setQuantity(tx, 25));
    const sale = (): Promise<number> =>
      database.write(ONE, async (tx) => {
        const sold = await tx
          .update(stockLevels)
          .set({ quantity: sql`${stockLevels.quantity} - 1` })
          .where(sql`${stockLevels.medicineId} = ${ONE.medicineId} and ${stockLevels.quantity} >= 1`)
          .returning({ quantity: stockLevels.quantity });
        return sold.length;
      });
    const sales = await Promise.all(Array.from({ length: 40 }, sale));
    expect(sales.filter((sold) => sold === 1)).toHaveLength(25);
    expect(await database.read(ONE, quantity)).toBe(0);
  });

  it('reports errors by SQLSTATE and constraint, and never the values', async () => {
    const inside: unknown[] = [];
    const duplicate = database.write('platform', async (tx) => {
      await tx
        .insert(users)
        .values({ email: 'one@example.org', name: 'again', passwordHash: SECRET })
        .catch((error: unknown) => {
          inside.push(error);
          throw error;
        });
    });
    const error = await failure(duplicate);
    expect(sqlState(inside[0])).toBe('23505');
    expect(error).toMatchObject({
      code: 'DATABASE_QUERY_FAILED',
      sqlState: '23505',
      constraint: 'users_email_unique',
      table: 'users',
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(SECRET);
  });

  it('refuses a tenant id that is none, before it reaches the server', async () => {
    const sent = opened.statements.length;
    const error = await failure(database.read({ tenantId: "'; drop table users; --" }, quantity));
    expect(sqlState(error)).toBe('22P02');
    expect(opened.statements.length).toBe(sent);
  });

  it('gives rows as plain JSON data', async () => {
    const rows = await database.read('platform', async (db) => [
      await db.select().from(tenants),
      await db.select().from(schema.categories),
      await db.select().from(schema.products),
      await db.select().from(schema.stockMovements),
    ]);
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
    expect(rows[0]?.[0]).toMatchObject({
      languages: ['en'],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\d .*\+00$/) as string,
    });
  });

  it('takes arrays as parameters, and gives them back', async () => {
    const ids = [ONE.medicineId, TWO.medicineId];
    const found = await database.read('platform', (db) =>
      db
        .select({ id: stockLevels.medicineId, both: sql<string[]>`${sql.param(['a "quoted", one', 'b'])}::text[]` })
        .from(stockLevels)
        .where(sql`${stockLevels.medicineId} = any(${sql.param(ids)}::uuid[]) and 1 = any(${sql.param([1, 2])}::int[])`),
    );
    expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(found[0]?.both).toEqual(['a "quoted", one', 'b']);
  });

  it('has nothing left to migrate, and keeps its identity', async () => {
    expect(await migrate(database)).toEqual({ applied: 0, id: database.id });
  });
});

describe.each(BOTH)('statements of a database on $name', ({ name, open }) => {
  it('are all reported, transaction control included, and a read has one of its own', async () => {
    const { database, statements, close } = await open();
    await fillDatabase(database);
    statements.length = 0;
    await database.read(ONE, quantity);
    await database.read(ONE, quantity);
    await database.write('platform', (tx) => tx.select().from(tenants));
    await failure(database.write('platform', () => Promise.reject(new Error('no'))));
    await close();
    const settings = `set local role larder_app; set local app.tenant_id = '${ONE.tenantId}'`;
    const select = expect.stringMatching(/^select .* from "stock_levels"/) as string;
    const start = (mode: 'read' | 'write', set: string): string[] => {
      if (name === 'PGlite') return ['begin', mode === 'read' ? `set transaction read only; ${set}` : set];
      return [`${mode === 'read' ? 'begin read only' : 'begin'}; ${set}`];
    };
    const read = [...start('read', settings), select, 'commit'];
    const platform = start('write', 'set local role larder_platform');
    expect(statements).toEqual([
      ...read,
      ...read,
      ...platform,
      expect.stringMatching(/from "tenants"/) as string,
      'commit',
      ...platform,
      'rollback',
    ]);
  });

  it('are refused after close, which lets those under way end', async () => {
    const { database, close } = await open();
    await fillDatabase(database);
    const underWay = database.read(ONE, quantity);
    const closing = close();
    expect(await underWay).toBe(25);
    await closing;
    await expect(database.read(ONE, quantity)).rejects.toThrow();
  });
});

it('PGlite refuses a transaction inside a transaction instead of waiting for itself', async () => {
  const { database, close } = await PGLITE.open();
  const nested = database.read('platform', () => database.read('platform', (db) => db.select().from(tenants)));
  expect(await failure(nested)).toMatchObject({ code: 'DATABASE_NESTED_TRANSACTION' });
  expect(await failure(database.read('platform', () => database.ping()))).toMatchObject({ code: 'DATABASE_NESTED_TRANSACTION' });
  await close();
});

describe('PostgreSQL that goes away', () => {
  let opened: OpenedDatabase;
  let admin: postgres.Sql;
  const others = () =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;

  beforeAll(async () => {
    opened = await POSTGRES.open({ poolMax: 2 });
    await fillDatabase(opened.database);
    admin = postgres(opened.url, { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await admin.end();
    await opened.close();
  });

  it('fails the transaction that was under way, sends nothing of it elsewhere, and serves the next', async () => {
    const { database, statements } = opened;
    let later: unknown;
    const error = await failure(
      database.write(ONE, async (tx) => {
        await setQuantity(tx, 7);
        await others();
        await quantity(tx).catch(() => undefined);
        statements.length = 0;
        later = await setQuantity(tx, 8).catch((reason: unknown) => reason);
        throw later;
      }),
    );
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(isUnavailable(later)).toBe(true);
    expect(statements.filter((statement) => statement === 'rollback')).toEqual([]);
    expect(await database.read(ONE, quantity)).toBe(25);
  });

  it('fails what waits for an answer, and everybody who comes after is served', async () => {
    const { database } = opened;
    const waiting = Array.from({ length: 6 }, (_, index) =>
      database
        .read(ONE, (db) => (index < 2 ? db.execute(sql`select pg_sleep(10)`) : quantity(db)))
        .then(
          () => 'served',
          (error: unknown) => (isUnavailable(error) ? 'unavailable' : error),
        ),
    );
    await expect
      .poll(
        async () =>
          (await admin`select 1 from pg_stat_activity where query like '%pg_sleep(10)%' and pid <> pg_backend_pid()`).length,
      )
      .toBe(2);
    await others();
    expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable', 'served', 'served', 'served', 'served']);
  });
});

it('PostgreSQL that drops connections all the time shows no tenant another’s rows, and recovers', async () => {
  const { database, url, close } = await POSTGRES.open({ poolMax: 4 });
  await fillDatabase(database);
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const seen = new Set<string>();
  let ended = false;
  const reader = async (): Promise<void> => {
    while (!ended) {
      const rows = await database
        .read(ONE, async (db) => {
          await db.select().from(schema.categories);
          return db.select({ as: sql<string>`current_user::text`, tenantId: stockLevels.tenantId }).from(stockLevels);
        })
        .catch((error: unknown) => (isUnavailable(error) ? [] : Promise.reject(error as Error)));
      for (const row of rows) seen.add(`${row.as} ${row.tenantId}`);
    }
  };
  const readers = Array.from({ length: 8 }, reader);
  for (let round = 0; round < 20; round++) {
    await admin`select pg_sleep(0.04), pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
  }
  ended = true;
  await Promise.all(readers);
  expect([...seen]).toEqual([`larder_app ${ONE.tenantId}`]);
  expect(await database.read(ONE, quantity)).toBe(25);
  await admin.end();
  await close();
});

describe('a PostgreSQL server that does not answer', () => {
  const closedPort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('is waited for, then reported in one sentence without the password', async () => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => void warnings.push(message ?? '') };
    const port = await closedPort();
    const opening = openDatabase({
      url: `postgres://larder:hidden@127.0.0.1:${port}/larder`,
      poolMax: 1,
      dataDir: null,
      logger,
      patience: 300,
    });
    const error = (await failure(opening)) as Error;
    expect(error.message).toMatch(
      new RegExp(`^no database server answered at 127.0.0.1:${port}/larder within .* start it, or correct DATABASE_URL$`),
    );
    expect(warnings.length).toBeGreaterThan(0);
    expect(JSON.stringify([error.message, warnings])).not.toContain('hidden');
  });

  it('is given up when it accepts connections only to drop them', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const url = `postgres://larder@127.0.0.1:${port}/larder`;
    const opening = openDatabase({ url, poolMax: 1, dataDir: null, logger: silentLogger, patience: 200 });
    expect(await failure(opening)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('is not waited for when it refuses', async () => {
    const { url, drop } = await createTestDatabase();
    await drop();
    const opening = openDatabase({ url, poolMax: 1, dataDir: null, logger: silentLogger });
    expect(await failure(opening)).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('does not exist') as string,
    });
  });
});

it('several processes that start at once migrate an empty database once', async () => {
  const { url, drop } = await createTestDatabase();
  const opened = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase({ url, poolMax: 2, dataDir: null, logger: silentLogger })),
  );
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  await Promise.all(opened.map((database) => database.close()));
  await drop();
});
