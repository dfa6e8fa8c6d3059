import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { PgliteSession, PgliteTransaction } from 'drizzle-orm/pglite';
import type { DatabaseOptions, Db, Driver, Ended, Row, TransactionRequest } from './database.js';
import { DatabaseError } from './database-error.js';
import { lockDirectory } from './directory-lock.js';
import { schema } from './schema.js';
import { scopeSettings } from './transaction-start.js';

const dialect = new PgDialect();
const relations = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
const relational = { fullSchema: schema, schema: relations.tables, tableNamesMap: relations.tableNamesMap };

/** PostgreSQL in this process, in a directory or in memory. */
export async function openPglite(options: DatabaseOptions): Promise<Driver> {
  const onQuery = options.onQuery ?? (() => undefined);
  const { client, unlock } = await openClient(options.dataDir);
  // There is one connection: a transaction begun inside another would wait for it for ever.
  const inside = new AsyncLocalStorage<true>();
  const refuseInside = (): void => {
    if (!inside.getStore()) return;
    throw new DatabaseError(
      'DATABASE_NESTED_TRANSACTION',
      'a transaction is open here: use the db it was given, not the database',
    );
  };

  return {
    kind: 'pglite',
    transaction: (request, work) => {
      refuseInside();
      return inside.run(true, () => transact({ client, onQuery }, request, work));
    },
    ping: async () => {
      refuseInside();
      await client.exec('select 1');
    },
    // The directory's lock has kept others out already.
    exclude: () => Promise.resolve(true),
    close: async () => {
      await client.close();
      await unlock();
    },
  };
}

async function openClient(dataDir: string | null): Promise<{ client: PGlite; unlock: () => Promise<void> }> {
  if (dataDir === null) return { client: await PGlite.create(), unlock: () => Promise.resolve() };
  await mkdir(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    return { client: await PGlite.create({ dataDir: join(dataDir, 'pgdata') }), unlock };
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Connection {
  readonly client: PGlite;
  readonly onQuery: (statement: string) => void;
}

async function transact<T>(
  { client, onQuery }: Connection,
  request: TransactionRequest,
  work: (db: Db) => Promise<T>,
): Promise<Ended<T>> {
  const settings = [
    ...(request.mode === 'read' ? ['set transaction read only'] : []),
    ...(request.scope === 'owner' ? [] : [scopeSettings(request.scope)]),
  ].join('; ');
  let end = 'rollback';
  return client.transaction(async (transaction) => {
    onQuery('begin');
    if (settings !== '') {
      onQuery(settings);
      await transaction.exec(settings);
    }
    try {
      const reported = watched(transaction, onQuery);
      const session = new PgliteSession(reported, dialect, relational);
      const result = await work(new PgliteTransaction(dialect, session as never, relational) as unknown as Db);
      // PGlite reports the commit of a failed transaction as a success; any statement before it does not.
      const rows = request.mode === 'write' ? await lastOf(request, reported) : [];
      end = 'commit';
      return { result, rows };
    } finally {
      onQuery(end);
    }
  });
}

async function lastOf({ last }: TransactionRequest, transaction: Transaction): Promise<readonly Row[]> {
  if (last !== undefined) return (await transaction.query<Row>(last)).rows;
  await transaction.exec('select 1');
  return [];
}

function watched(transaction: Transaction, onQuery: (statement: string) => void): Transaction {
  const query: Transaction['query'] = (text, parameters, options) => {
    onQuery(text);
    return transaction.query(text, parameters, options);
  };
  return { ...transaction, query };
}
