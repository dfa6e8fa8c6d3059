import { makePgArray, parsePgArray, PgDialect } from 'drizzle-orm/pg-core';
import { drizzle, PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm';
import postgres, { type Sql } from 'postgres';
import type { Db } from './database.js';
import { DatabaseError } from './database-error.js';
import type { PreparedTexts } from './prepared-texts.js';
import { schema } from './schema.js';

export interface ConnectionOptions {
  readonly url: string;
  readonly prepared: PreparedTexts;
  readonly onQuery: (statement: string) => void;
  readonly onLost: (connection: PostgresConnection) => void;
  /** Milliseconds until a session must have begun. */
  readonly connectTimeout: number;
}

const dialect = new PgDialect();
/** Without `simple: false`, postgres.js sends what has no parameters in a way that cannot be prepared. */
const PREPARED = { prepare: true, simple: false };
const relations = extractTablesRelationalConfig(schema, createTableRelationsHelpers);
const relational = { fullSchema: schema, schema: relations.tables, tableNamesMap: relations.tableNamesMap };

/**
 * One connection, for one transaction at a time. postgres.js pools and reserves connections itself, but when one of
 * them is lost, statements of the transaction that was on it can end up on its successor: outside any transaction, as
 * the login role, unseen by row security. Here a lost connection refuses everything and is never used again.
 */
export class PostgresConnection {
  readonly #sql: Sql;
  readonly #options: ConnectionOptions;
  /** Rejections of statements under way: postgres.js leaves some of them pending when the socket fails. */
  readonly #underWay = new Set<(error: Error) => void>();
  #lost: Error | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#sql = postgres(options.url, {
      max: 1,
      max_lifetime: null,
      // It would ask for the types of arrays, and when the connection is lost meanwhile, reject a promise that nobody holds.
      fetch_types: false,
      types: { texts: { to: 1009, from: [1009, 1015, 2951], serialize: String, parse: parsePgArray } },
      onnotice: () => undefined,
      connection: { application_name: 'larder', TimeZone: 'UTC' },
      onclose: () => this.#lose(unavailable('the connection to the database was lost')),
    });
    // Called for what it does to the client: values of dates, times and JSON pass as text, drizzle converts them.
    drizzle(this.#sql);
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Begins the session. */
  async connect(): Promise<void> {
    const seconds = this.#options.connectTimeout / 1000;
    // postgres.js tries for ever with a server that accepts connections only to drop them.
    const late = setTimeout(
      () => this.#lose(unavailable(`the database server began no session within ${seconds} s`)),
      seconds * 1000,
    );
    try {
      await this.command('select 1');
    } finally {
      clearTimeout(late);
    }
  }

  /** A statement without parameters, sent at once: behind those under way, without waiting for them. */
  command(text: string): Promise<unknown> {
    this.#options.onQuery(text);
    return this.#guard(() => this.#sql.unsafe(text));
  }

  /** The same for one that is sent again and again: the server parses and plans it once per connection. */
  prepared(text: string): Promise<unknown> {
    this.#options.onQuery(text);
    return this.#guard(() => this.#sql.unsafe(text, [], PREPARED));
  }

  statement(text: string, parameters: readonly unknown[], asArrays: boolean): Promise<unknown> {
    this.#options.onQuery(text);
    return this.#guard(() => {
      const values = parameters.map((value) => (Array.isArray(value) ? makePgArray(value) : value));
      const query = this.#sql.unsafe(text, values as never[], { prepare: this.#options.prepared.isWorthwhile(text) });
      return asArrays ? query.values() : query;
    });
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }

  #guard(start: () => PromiseLike<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) return reject(this.#lost);
      this.#underWay.add(reject);
      const done = (): boolean => this.#underWay.delete(reject);
      start().then(
        (result) => (done(), resolve(result)),
        (error: unknown) => (done(), reject(error as Error)),
      );
    });
  }

  #lose(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    for (const reject of this.#underWay) reject(error);
    this.#underWay.clear();
    this.#options.onLost(this);
    void this.#sql.end({ timeout: 0 }).catch(() => undefined);
  }
}

function unavailable(reason: string): DatabaseError {
  return new DatabaseError('DATABASE_UNAVAILABLE', reason);
}

/** The statements of one transaction: in order, one after the other, and none after its end. */
export class PostgresTransaction {
  readonly db: Db;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;
  #savepoints = 0;

  constructor(private readonly connection: PostgresConnection) {
    const session = new PostgresJsSession(this.#client(), dialect, relational);
    this.db = new PostgresJsTransaction(dialect, session as never, relational) as unknown as Db;
  }

  /** Refuses further statements and waits for those that were sent. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#last;
  }

  #send(text: string, parameters: readonly unknown[] = [], asArrays = false): Promise<unknown> {
    if (this.#ended) return Promise.reject(new DatabaseError('DATABASE_CLOSED', 'this transaction has ended'));
    // Never two at a time: what postgres.js cannot send at once it queues, and that queue outlives the connection.
    const sent = this.#last.then(() => this.connection.statement(text, parameters, asArrays));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  /** As much of a postgres.js client as drizzle uses within a transaction. */
  #client(): Sql {
    const client = {
      unsafe: (text: string, parameters: readonly unknown[] = []) => ({
        values: () => this.#send(text, parameters, true),
        then: (...then: Parameters<Promise<unknown>['then']>) => this.#send(text, parameters).then(...then),
      }),
      savepoint: async (work: (inner: unknown) => Promise<unknown>) => {
        const name = `s${++this.#savepoints}`;
        await this.#send(`savepoint ${name}`);
        try {
          const result = await work(client);
          await this.#send(`release savepoint ${name}`);
          return result;
        } catch (error) {
          await this.#send(`rollback to savepoint ${name}`);
          throw error;
        }
      },
    };
    return client as unknown as Sql;
  }
}
