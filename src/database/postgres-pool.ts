import { DatabaseError } from './database-error.js';
import { PostgresConnection, type ConnectionOptions } from './postgres-connection.js';

interface Waiter {
  readonly resolve: (connection: PostgresConnection) => void;
  readonly reject: (error: unknown) => void;
}

/** Connections for transactions: opened when needed, the last used first, first come, first served. */
export class PostgresPool {
  readonly #idle: PostgresConnection[] = [];
  readonly #waiting: Waiter[] = [];
  #size = 0;
  #closed = false;
  #onEmpty: (() => void) | null = null;

  constructor(
    private readonly max: number,
    private readonly options: Omit<ConnectionOptions, 'onLost'>,
  ) {}

  acquire(): Promise<PostgresConnection> {
    if (this.#closed) return Promise.reject(new DatabaseError('DATABASE_CLOSED', 'the database has been closed'));
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#grow();
    });
  }

  release(connection: PostgresConnection): void {
    if (connection.isLost) return this.#forget();
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) return waiter.resolve(connection);
    this.#idle.push(connection);
    if (this.#closed) this.#closeIdle();
  }

  /** Resolves when every connection has been given back and closed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0))
      waiter.reject(new DatabaseError('DATABASE_CLOSED', 'the database has been closed'));
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    this.#closeIdle();
    if (this.#size === 0) this.#onEmpty?.();
    await empty;
  }

  #grow(): void {
    if (this.#size >= this.max) return;
    this.#size++;
    const connection = new PostgresConnection({ ...this.options, onLost: (lost) => this.#onLost(lost) });
    connection.connect().then(
      () => this.release(connection),
      (error: unknown) => {
        // Whoever waits longest hears of it; the others get their own attempt, and their own answer.
        this.#waiting.shift()?.reject(error);
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

  #closeIdle(): void {
    for (const connection of this.#idle.splice(0)) {
      void connection
        .close()
        .catch(() => undefined)
        .finally(() => this.#forget());
    }
  }
}
