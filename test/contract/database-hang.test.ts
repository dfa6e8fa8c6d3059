import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase, type Database, type DatabaseOptions } from '../../src/database/database.js';
import { isUnavailable } from '../../src/database/database-error.js';
import { PostgresConnection } from '../../src/database/postgres-connection.js';
import { PostgresPool, type PoolOptions } from '../../src/database/postgres-pool.js';
import { PreparedTexts } from '../../src/database/prepared-texts.js';
import { silentLogger } from '../../src/lib/logger.js';
import { TcpProxy } from '../consistency/tcp-proxy.js';
import { createTestDatabase } from '../support/test-database.js';
import { PATIENT } from '../support/patience.js';

const MINUTE = 60_000;
/** Of a session to begin and of a statement, in milliseconds: their time passes when it is told to. */
const LIMIT = 20_000;
const LIMITS = { connectTimeout: LIMIT, statementTimeout: LIMIT, idleInTransactionTimeout: LIMIT };

describe('D4 a PostgreSQL server that hangs', () => {
  let proxy: TcpProxy;
  let direct: string;
  let url: string;
  let drop: () => Promise<void>;
  const opened: Database[] = [];
  let release = (): void => undefined;

  beforeEach(async () => {
    const created = await createTestDatabase();
    drop = created.drop;
    direct = created.url;
    const through = new URL(direct);
    proxy = await TcpProxy.start(Number(through.port || 5432));
    through.port = String(proxy.port);
    url = through.href;
    // The time passes by itself, too: postgres.js opens its sockets in timers.
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    release();
    proxy.become('cut');
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await proxy.close();
    await drop();
  });

  const open = async (more: Partial<DatabaseOptions> = {}): Promise<Database> => {
    const database = await openDatabase({ url, poolMax: 2, dataDir: null, logger: silentLogger, connectTimeout: LIMIT, statementTimeout: LIMIT, ...more });
    opened.push(database);
    return database;
  };
  const one = (database: Database): Promise<unknown> => database.read('platform', (db) => db.execute(sql`select 1`));
  /** Lets time pass on what was asked for before, once it has been sent. */
  const pass = async (milliseconds: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => `${isUnavailable(error)} ${(error as Error).message}`);

  it('ends a statement without an answer, and the connection with it; another one works', async () => {
    const database = await open();
    await one(database);
    proxy.swallow();
    const unanswered = failure(one(database));
    await pass(LIMIT + 1_000);
    expect(await unanswered).toBe('true the database did not answer within 21 s');
    await one(database);
  });

  it('is given up by what follows it as soon as that asks, while all connections of the pool hang', async () => {
    const database = await open({ poolMax: 1, statementTimeout: MINUTE });
    const follow = (patience: number): Promise<unknown> => database.write('platform', (tx) => tx.execute(sql`select 1`), { patience });
    await follow(MINUTE);
    await one(database);
    proxy.swallow();
    const hanging = failure(one(database));
    expect(await failure(follow(50))).toBe('true the database did not answer within 0.05 s');
    // A new connection, and not one of the pool's.
    await follow(MINUTE);
    proxy.become('cut');
    expect(await hanging).toMatch(/^true /);
  });

  it('refuses at once while a connection is being tried in vain, and is used again when it answers', async () => {
    const database = await open({ poolMax: 2 });
    await Promise.all([one(database), one(database)]);
    proxy.become('silent');
    const unanswered = Promise.all([failure(one(database)), failure(one(database))]);
    await pass(LIMIT + 1_000);
    await unanswered;
    const waiting = failure(one(database));
    expect(await failure(one(database))).toBe('true the database server does not answer');
    await pass(LIMIT);
    expect(await waiting).toBe('true the database server began no session within 20 s');
    vi.useRealTimers();
    proxy.become('passing');
    await vi.waitFor(() => one(database), PATIENT);
    await Promise.all([one(database), one(database)]);
  });

  it('keeps no request waiting for a connection for longer than another may have it for one statement', async () => {
    const database = await open({ poolMax: 1 });
    const held = new Promise<void>((resolve) => (release = resolve));
    let reading = Promise.resolve();
    await new Promise<void>((resolve) => {
      reading = database.read('platform', async (db) => {
        await db.execute(sql`select 1`);
        resolve();
        await held;
      });
    });
    const waiting = failure(one(database));
    await pass(LIMIT + 1_000);
    expect(await waiting).toBe('true no connection to the database became free within 21 s');
    release();
    await reading;
    await one(database);
  });

  it('ends what takes too long by itself, where the server is there: statements, and transactions that wait for the next one', async () => {
    vi.useRealTimers();
    const database = await open({ statementTimeout: 1_000, idleInTransactionTimeout: 1_000 });
    expect(await failure(database.read('platform', (db) => db.execute(sql`select pg_sleep(60)`)))).toBe('true the database cannot be reached: canceling statement due to statement timeout');
    let go = (): void => undefined;
    const waits = new Promise<void>((resolve) => (go = resolve));
    const began = { pid: 0 };
    const idle = database.write('platform', async (tx) => {
      const rows: unknown = await tx.execute(sql`select pg_backend_pid() as pid`);
      const [row] = rows as readonly { readonly pid: number }[];
      began.pid = row?.pid ?? 0;
      await waits;
      await tx.execute(sql`select 1`);
    });
    await vi.waitFor(async () => {
      const rows = await database.read('platform', (db) => db.execute<{ pid: number }>(sql`select pid from pg_stat_activity where pid = ${began.pid}`));
      expect([began.pid > 0, JSON.stringify(rows)]).toEqual([true, '[]']);
    }, PATIENT);
    go();
    expect(await failure(idle)).toMatch(/^true /);
    // Migrations take as long as they take.
    await database.owner((tx) => tx.execute(sql`select pg_sleep(1.1)`));
  });

  it.each([
    // It is not answered at once.
    { when: 'before a statement is sent', turns: 0, statement: 'select pg_sleep(0.1)' },
    { when: 'while it is answered', turns: 2, statement: 'select 1' },
  ])('is not what a process takes it for that was busy itself $when', async ({ turns, statement }) => {
    vi.useRealTimers();
    const patience = 1_000;
    // Not by way of the proxy, which is as busy.
    const connection = new PostgresConnection({ ...LIMITS, url: direct, prepared: new PreparedTexts(), onQuery: () => undefined, onLost: () => undefined });
    await connection.connect();
    connection.patience = patience;
    const asked = connection.command(statement);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    // Without using the processor, which the server needs as well.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.1 * patience);
    await asked;
    await connection.close();
  });

  it('is found out about on idle connections before a request is', async () => {
    const options: PoolOptions = { url, max: 1, server: { isSilent: false }, acquireTimeout: MINUTE, connectTimeout: MINUTE, statementTimeout: MINUTE, idleInTransactionTimeout: MINUTE, prepared: new PreparedTexts(), onQuery: () => undefined };
    const pool = new PostgresPool(options);
    try {
      const first = await pool.acquire();
      pool.release(first);
      proxy.swallow();
      await pass(5_000);
      await pass(3_000);
      await vi.waitUntil(() => first.isLost, PATIENT);
      const second = await pool.acquire();
      await second.command('select 1');
      pool.release(second);
      expect(second).not.toBe(first);
    } finally {
      await pool.close();
    }
  });
});
