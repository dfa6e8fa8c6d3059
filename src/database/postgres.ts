import { setTimeout as pause } from 'node:timers/promises';
import { Background } from '../lib/background.js';
import type { Logger } from '../lib/logger.js';
import type { DatabaseOptions, Db, Driver, Ended, Row, TransactionRequest } from './database.js';
import { DatabaseError, isUnavailable, sqlState } from './database-error.js';
import { Exclusion } from './exclusion.js';
import { answerTimeout, PostgresTransaction, type PostgresConnection } from './postgres-connection.js';
import { PostgresPool, type ServerState } from './postgres-pool.js';
import { PreparedTexts } from './prepared-texts.js';
import { transactionStart } from './transaction-start.js';

/** States after which a connection's prepared statements no longer fit the schema: a migration ran beside us. */
const OUTDATED = new Set(['0A000', '26000']);

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_STATEMENT_TIMEOUT_MS = 10_000;
const DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

const ACQUIRE_GRACE_MS = 1_000;

/** Deadline of a ping; without an answer the connection is lost. */
const PING_PATIENCE_MS = 2_000;

/** PostgreSQL through postgres.js. */
export async function openPostgres(options: DatabaseOptions, url: string): Promise<Driver> {
  const patience = options.patience ?? 30_000;
  const server: ServerState = { isSilent: false };
  const { statementTimeout = DEFAULT_STATEMENT_TIMEOUT_MS, connectTimeout = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  const connections = {
    url,
    connectTimeout: Math.min(connectTimeout, patience),
    statementTimeout,
    idleInTransactionTimeout: options.idleInTransactionTimeout ?? DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT_MS,
    prepared: new PreparedTexts(),
    onQuery: options.onQuery ?? (() => undefined),
  };
  // A request waits long enough for a connection that is being opened, or that a statement uses up to its timeout.
  const common = { ...connections, server, acquireTimeout: Math.max(statementTimeout, connections.connectTimeout + ACQUIRE_GRACE_MS) };
  const pool = new PostgresPool({ ...common, max: options.poolMax });
  // Polls have a connection of their own: they run even when requests have taken all connections of the pool.
  const following = new PostgresPool({ ...common, max: 1 });
  const background = new Background((error) => options.logger.debug({ err: error }, 'a finished read was not committed'));
  const ping = async (): Promise<void> => {
    const connection = await pool.acquire();
    connection.patience = PING_PATIENCE_MS;
    try {
      await connection.command('select 1');
    } finally {
      pool.release(connection);
    }
  };
  await reach(ping, { url, logger: options.logger, patience });

  async function transaction<T>(request: TransactionRequest, work: (db: Db) => Promise<T>): Promise<Ended<T>> {
    const start = transactionStart(request.scope, request.mode);
    const from = request.patience === undefined ? pool : following;
    const connection = await from.acquire();
    connection.patience = request.patience ?? (request.scope === 'owner' ? Infinity : answerTimeout(connections));
    // Not awaited: the first statement follows in the same packet. Should the start fail, the server refuses what follows.
    const begun = connection.command(start);
    begun.catch(() => undefined);
    const statements = new PostgresTransaction(connection);
    let result: T;
    let rows: readonly Row[] = [];
    try {
      result = await work(statements.db);
      await begun;
      if (request.mode === 'write') rows = await commit(connection, statements, request.last);
    } catch (error) {
      await rollBack(connection, statements, error);
      from.release(connection);
      throw await begun.then(
        () => error,
        (first: unknown) => first,
      );
    }
    if (request.mode === 'write') from.release(connection);
    else background.run(endRead(connection, statements));
    return { result, rows };
  }

  /** A read has its answer before its transaction has ended; whoever gets the connection next stands behind the commit. */
  async function endRead(connection: PostgresConnection, statements: PostgresTransaction): Promise<void> {
    await statements.end();
    const committed = connection.command('commit');
    pool.release(connection);
    await committed;
  }

  const exclusion = new Exclusion(connections, options.logger);

  return {
    kind: 'postgres',
    transaction,
    ping,
    exclude: () => exclusion.take(),
    close: async () => {
      await exclusion.release();
      await background.drain();
      await Promise.all([pool.close(), following.close()]);
    },
  };
}

async function commit(connection: PostgresConnection, statements: PostgresTransaction, last: string | undefined): Promise<readonly Row[]> {
  await statements.end();
  // In one message, neither waiting for the other: behind a statement that failed, the server rolls back instead.
  const read = last === undefined ? [] : connection.prepared(last);
  const [rows, done] = await Promise.all([read, connection.command('commit')]);
  // PostgreSQL answers the commit of a failed transaction with ROLLBACK, and no error.
  if ((done as { readonly command?: string }).command === 'ROLLBACK')
    throw new DatabaseError('DATABASE_QUERY_FAILED', 'the transaction was rolled back: one of its statements had failed');
  return rows as readonly Row[];
}

async function rollBack(connection: PostgresConnection, statements: PostgresTransaction, error: unknown): Promise<void> {
  await statements.end();
  if (connection.isLost) return;
  const usable = await connection.command('rollback').then(
    () => !OUTDATED.has(sqlState(error) ?? ''),
    () => false,
  );
  if (!usable) await connection.close().catch(() => undefined);
}

/** Waits for a server that is still starting. */
async function reach(ping: () => Promise<void>, waiting: { url: string; logger: Logger; patience: number }): Promise<void> {
  const where = serverOf(waiting.url);
  const deadline = performance.now() + waiting.patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ping();
    } catch (error) {
      const reason = error instanceof Error && error.message !== '' ? error.message : String((error as { code?: unknown }).code);
      if (!isUnavailable(error)) {
        throw new DatabaseError(
          'DATABASE_UNAVAILABLE',
          `the database server at ${where} refuses the connection: ${reason}; check DATABASE_URL`,
        );
      }
      if (performance.now() >= deadline) {
        throw new DatabaseError(
          'DATABASE_UNAVAILABLE',
          `no database server answered at ${where} within ${Math.round(waiting.patience / 1000)} s (${reason}): start it, or correct DATABASE_URL`,
        );
      }
      waiting.logger.warn({ attempt, reason }, `waiting for the database server at ${where}`);
      await pause(Math.min(250 * 2 ** (attempt - 1), 2_000, Math.max(0, deadline - performance.now())));
    }
  }
}

/** Host, port and database of a connection URL: never its password. */
function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed === null ? 'DATABASE_URL' : `${parsed.host || 'localhost'}${parsed.pathname}`;
}
