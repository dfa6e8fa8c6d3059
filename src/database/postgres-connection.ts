import { makePgArray, parsePgArray, PgDialect } from 'drizzle-orm/pg-core';
import { drizzle, PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm';
import { connect as connectSocket, type Socket } from 'node:net';
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
  /** Milliseconds after which the server ends a statement. */
  readonly statementTimeout: number;
  /** Milliseconds after which the server ends a session whose transaction waits for its next statement. */
  readonly idleInTransactionTimeout: number;
}

/** Grace after the server's own statement timeout, for a server that is busy. Milliseconds. */
const ANSWER_GRACE_MS = 1_000;

/** What postgres.js hands to the function that makes its sockets. */
interface SocketPlace {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
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
  /**
   * Milliseconds that a statement may go without an answer; after that the connection is closed (D4). A hung server, or a
   * network that drops packets, sends no error.
   */
  patience: number;
  /** When the server last answered, on the monotonic clock. */
  answeredAt = performance.now();
  /** Whether it was lost because the server did not answer in time. */
  wasSilent = false;
  readonly #sql: Sql;
  #socket: Socket | null = null;
  #attempts = 0;
  readonly #options: ConnectionOptions;
  /** Rejections of statements under way: postgres.js leaves some of them pending when the socket fails. */
  readonly #underWay = new Set<(error: Error) => void>();
  #lost: Error | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.patience = answerTimeout(options);
    this.#sql = postgres(options.url, {
      max: 1,
      max_lifetime: null,
      // It would ask for the types of arrays, and when the connection is lost meanwhile, reject a promise that nobody holds.
      fetch_types: false,
      types: { texts: { to: 1009, from: [1009, 1015, 2951], serialize: String, parse: parsePgArray } },
      onnotice: () => undefined,
      connection: {
        application_name: 'larder',
        TimeZone: 'UTC',
        statement_timeout: options.statementTimeout,
        idle_in_transaction_session_timeout: options.idleInTransactionTimeout,
      },
      ...({ socket: (place: SocketPlace) => this.#open(place) } as object),
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
      () => this.#loseSilent(`the database server began no session within ${seconds} s`),
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

  /** Tests the connection with a statement. Afterwards the server has answered, or the connection is lost. */
  async prove(milliseconds: number): Promise<void> {
    this.patience = milliseconds;
    await this.#guard(() => this.#sql.unsafe('select 1')).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 1 }).finally(() => this.#socket?.destroy());
  }

  /** postgres.js sends Terminate and leaves it to the server to close the socket, which a silent server never does. */
  #open({ host, port, path }: SocketPlace): Socket {
    if (this.#lost !== null) throw this.#lost;
    const at = this.#attempts++ % Math.max(1, port.length);
    const to = { host: host[at] ?? 'localhost', port: port[at] ?? 5432 };
    // postgres.js reads the host name for certificate checks from the socket.
    this.#socket = path ? connectSocket(path) : Object.assign(connectSocket(to), to);
    return this.#socket;
  }

  #guard(start: () => PromiseLike<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) return reject(this.#lost);
      this.#underWay.add(reject);
      const answered = this.#awaitAnswer(reject);
      const done = (): void => {
        answered();
        this.answeredAt = performance.now();
        this.#underWay.delete(reject);
      };
      start().then(
        (result) => (done(), resolve(result)),
        (error: unknown) => (done(), reject(error as Error)),
      );
    });
  }

  /** @returns a function to call when the answer is there. */
  #awaitAnswer(reject: (error: Error) => void): () => void {
    const { patience } = this;
    if (patience === Infinity) return () => undefined;
    const late = (): void => {
      if (this.#underWay.has(reject)) this.#loseSilent(`the database did not answer within ${patience / 1000} s`);
    };
    let timer: NodeJS.Timeout | undefined;
    // postgres.js sends at the end of this turn of the event loop: the rest of the turn does not count as the server's time.
    const sent = setImmediate(() => {
      // When this process was busy for longer, the answer may lie in the socket unread: timers run before sockets are read and
      // immediates after it.
      timer = setTimeout(() => setImmediate(late), patience);
    });
    return () => {
      clearImmediate(sent);
      clearTimeout(timer);
    };
  }

  #loseSilent(reason: string): void {
    this.wasSilent = true;
    this.#lose(unavailable(reason));
  }

  #lose(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    for (const reject of this.#underWay) reject(error);
    this.#underWay.clear();
    this.#options.onLost(this);
    void this.#sql
      .end({ timeout: 0 })
      .catch(() => undefined)
      .finally(() => this.#socket?.destroy());
  }
}

/** How long an answer may take where nothing else is said. */
export function answerTimeout({ statementTimeout }: Pick<ConnectionOptions, 'statementTimeout'>): number {
  return statementTimeout + ANSWER_GRACE_MS;
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
