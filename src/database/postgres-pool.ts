import { DatabaseError } from './database-error.js';
import { PostgresConnection, type ConnectionOptions } from './postgres-connection.js';

interface Waiter {
  readonly since: number;
  readonly resolve: (connection: PostgresConnection) => void;
  readonly reject: (error: unknown) => void;
}

/** State of one server, shared by all pools that connect to it. */
export interface ServerState {
  /** Whether a connection got no answer, and none has got one since. */
  isSilent: boolean;
}

export interface PoolOptions extends Omit<ConnectionOptions, 'onLost'> {
  readonly max: number;
  readonly server: ServerState;
  /** Milliseconds until a connection must have become free. */
  readonly acquireTimeout: number;
}

/** An idle connection without an answer for so long is tested, so that no request has to find out that it is silent. */
const PROVE_AFTER_MS = 5_000;
/** Deadline of that test, in milliseconds. */
export const PROOF_DEADLINE_MS = 3_000;

/**
 * Connections for transactions: opened when needed, the last used first, first come, first served. While the server is silent,
 * one connection at a time tries to reach it, and all other requests for a connection are refused at once.
 */
export class PostgresPool {
  readonly #idle: PostgresConnection[] = [];
  #waiting: Waiter[] = [];
  #size = 0;
  /** Connections that are being opened or proven. */
  #trying = 0;
  #closed = false;
  #onEmpty: (() => void) | null = null;
  readonly #proving: NodeJS.Timeout;

  constructor(private readonly options: PoolOptions) {
    this.#proving = setInterval(() => this.#prove(PROVE_AFTER_MS), PROVE_AFTER_MS).unref();
  }

  acquire(): Promise<PostgresConnection> {
    if (this.#closed) return Promise.reject(new DatabaseError('DATABASE_CLOSED', 'the database has been closed'));
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.options.server.isSilent && this.#trying > 0) return Promise.reject(unavailable('the database server does not answer'));
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        reject(unavailable(`no connection to the database became free within ${this.options.acquireTimeout / 1000} s`));
      }, this.options.acquireTimeout);
      const settled = <T>(settle: (with_: T) => void) => (with_: T): void => {
        clearTimeout(late);
        settle(with_);
      };
      const waiter: Waiter = { since: performance.now(), resolve: settled(resolve), reject: settled(reject) };
      this.#waiting.push(waiter);
      this.#grow();
    });
  }

  release(connection: PostgresConnection): void {
    if (connection.isLost) {
      // A poll times out sooner than a busy server answers, so its timeout does not show that the server is silent.
      if (connection.wasSilent && connection.patience >= this.options.connectTimeout) this.#noteSilence();
      return this.#forget();
    }
    this.options.server.isSilent = false;
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve(connection);
      // While the server was silent, none was opened for the others.
      this.#grow();
      return;
    }
    this.#idle.push(connection);
    if (this.#closed) this.#closeIdle();
  }

  /** Resolves when every connection has been given back and closed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#proving);
    for (const waiter of this.#waiting.splice(0))
      waiter.reject(new DatabaseError('DATABASE_CLOSED', 'the database has been closed'));
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    this.#closeIdle();
    if (this.#size === 0) this.#onEmpty?.();
    await empty;
  }

  #grow(): void {
    // One attempt per waiter; while the server is silent, one attempt for all.
    if (this.#size >= this.options.max || this.#trying >= (this.options.server.isSilent ? 1 : this.#waiting.length)) return;
    this.#size++;
    this.#trying++;
    const began = performance.now();
    const connection = new PostgresConnection({ ...this.options, onLost: (lost) => this.#onLost(lost) });
    connection.connect().then(
      () => {
        this.#trying--;
        this.release(connection);
      },
      (error: unknown) => {
        this.#trying--;
        // The client that waits longest hears of it; the others get their own attempt, and their own answer. Where the server
        // is silent, all have waited for it long enough.
        this.#waiting.shift()?.reject(error);
        if (connection.wasSilent) {
          for (const waiter of this.#waiting.filter(({ since }) => since <= began)) waiter.reject(error);
          this.#waiting = this.#waiting.filter(({ since }) => since > began);
          this.#noteSilence();
        }
        void connection.close().catch(() => undefined);
        this.#forget();
      },
    );
  }

  /** One that is in use is forgotten when it is given back. */
  #onLost(connection: PostgresConnection): void {
    const index = this.#idle.indexOf(connection);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    this.#forget();
  }

  #forget(): void {
    this.#size--;
    if (this.#waiting.length > 0) this.#grow();
    if (this.#size === 0) this.#onEmpty?.();
  }

  /** Idle connections lead to the same server, so each is tested before it is used again. */
  #noteSilence(): void {
    if (this.options.server.isSilent) return;
    this.options.server.isSilent = true;
    this.#prove(0);
  }

  #prove(unansweredFor: number): void {
    const now = performance.now();
    for (const connection of this.#idle.filter(({ answeredAt }) => now - answeredAt >= unansweredFor)) {
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      this.#trying++;
      void connection.prove(PROOF_DEADLINE_MS).then(() => {
        this.#trying--;
        this.release(connection);
      });
    }
  }

  #closeIdle(): void {
    for (const connection of this.#idle.splice(0)) {
      void connection
        .close()
        .catch(() => undefined)
        .finally(() => this.#forget());
    }
  }
}

function unavailable(reason: string): DatabaseError {
  return new DatabaseError('DATABASE_UNAVAILABLE', reason);
}
