import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Logger } from '../lib/logger.js';
import { withoutValues } from './database-error.js';
import { migrate } from './migrate.js';
import type { schema } from './schema.js';

/** What queries are made with: common to both drivers. It lives as long as the transaction it was given for. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>;

/**
 * On whose behalf: for one tenant; across tenants (`platform`); or for nobody in particular (`catalogue`: reference
 * data, and no row of any tenant). Row security in the database holds each to it.
 */
export type DbScope = { readonly tenantId: string } | 'platform' | 'catalogue';

/** A row as the driver gives it: arrays, JSON and numbers as such, everything else as text. */
export type Row = Readonly<Record<string, unknown>>;

/** What a transaction has come to, and the rows of the statement that was its last. */
export interface Ended<T> {
  readonly result: T;
  readonly rows: readonly Row[];
}

export interface Database {
  readonly kind: 'postgres' | 'pglite';
  /** Random id of the database. */
  readonly id: string;
  /** How many migrations were missing when it was opened. */
  readonly migrated: number;
  /** A read-only transaction. */
  read<T>(scope: DbScope, query: (db: Db) => Promise<T>): Promise<T>;
  /** A transaction. The API writes through outbox/with-transaction alone, which calls this. */
  write<T>(scope: DbScope, work: (tx: Db) => Promise<T>, following?: Following): Promise<T>;
  /**
   * The same with one statement more, which takes no parameters and goes to the server in one message with the commit. When
   * it fails, nothing is committed; its rows are given once everything is.
   */
  writeAndRead<T>(scope: DbScope, work: (tx: Db) => Promise<T>, last: string): Promise<Ended<T>>;
  /** A transaction as the login itself, which owns the tables: for migrations alone. */
  owner<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /**
   * Keeps other processes from doing the same until this one closes the database or ends.
   *
   * @returns false when another process was first.
   */
  exclude(): Promise<boolean>;
  /** Resolves when transactions under way have ended; later ones are refused. */
  close(): Promise<void>;
}

/** Options of a transaction that polls for changes: it runs on a connection of its own, outside the pool. */
export interface Following {
  /** Milliseconds that a statement may go without an answer; after that the connection is closed. */
  readonly patience: number;
}

export interface DatabaseOptions {
  /** `postgres://…`; without one, an embedded PGlite. */
  readonly url?: string | undefined;
  readonly poolMax: number;
  /** Where PGlite keeps its files; null: in memory, gone when closed. */
  readonly dataDir: string | null;
  readonly logger: Logger;
  /** Told of every statement as it is sent, those of transaction control included. */
  readonly onQuery?: ((statement: string) => void) | undefined;
  /** How long to wait at the start for a server that does not answer yet. */
  readonly patience?: number | undefined;
  /** Time limits in milliseconds: of connecting, of a statement, of a transaction until its next statement. */
  readonly connectTimeout?: number | undefined;
  readonly statementTimeout?: number | undefined;
  readonly idleInTransactionTimeout?: number | undefined;
}

/** What a driver has to offer; roles and tenants are settled above it. */
export interface Driver {
  readonly kind: Database['kind'];
  transaction<T>(request: TransactionRequest, work: (db: Db) => Promise<T>): Promise<Ended<T>>;
  ping(): Promise<void>;
  exclude(): Promise<boolean>;
  close(): Promise<void>;
}

export interface TransactionRequest {
  readonly scope: DbScope | 'owner';
  readonly mode: 'read' | 'write';
  /** Of a writing transaction: a statement without parameters that is sent behind the work, and ahead of the commit. */
  readonly last?: string;
  /** As in `Following`. */
  readonly patience?: number;
}

/** Opens the database, waiting for a server that is still starting, and brings its schema up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // Either driver is loaded only when used: PGlite is large.
  const driver = options.url
    ? await (await import('./postgres.js')).openPostgres(options, options.url)
    : await (await import('./pglite.js')).openPglite(options);
  const ended = async <T>(request: TransactionRequest, work: (db: Db) => Promise<T>): Promise<Ended<T>> => {
    try {
      return await driver.transaction(request, work);
    } catch (error) {
      throw withoutValues(error);
    }
  };
  const transaction = async <T>(request: TransactionRequest, work: (db: Db) => Promise<T>): Promise<T> =>
    (await ended(request, work)).result;
  try {
    const owner: Database['owner'] = (work) => transaction({ scope: 'owner', mode: 'write' }, work);
    const { applied, id } = await migrate({ owner });
    if (applied > 0) options.logger.info({ applied }, 'database migrated');
    return {
      kind: driver.kind,
      id,
      migrated: applied,
      read: (scope, query) => transaction({ scope, mode: 'read' }, query),
      write: (scope, work, following) => transaction({ scope, mode: 'write', ...following }, work),
      writeAndRead: (scope, work, last) => ended({ scope, mode: 'write', last }, work),
      owner,
      ping: () => driver.ping(),
      exclude: () => driver.exclude(),
      close: () => driver.close(),
    };
  } catch (error) {
    await driver.close();
    throw error;
  }
}
