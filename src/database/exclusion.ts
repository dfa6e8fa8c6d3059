import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../lib/logger.js';
import { PostgresConnection, type ConnectionOptions } from './postgres-connection.js';
import { PROOF_DEADLINE_MS } from './postgres-pool.js';

/** Any number that no other program on the server uses for its own lock. */
const LOCK = 727_002;
const RETRY_MS = 1000;
const PROVE_EVERY_MS = 5_000;

/**
 * An advisory lock for as long as the process lives, on a connection of its own: the server gives it back when that ends.
 */
export class Exclusion {
  #connection: PostgresConnection | null = null;
  #released = false;
  #proving: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: Omit<ConnectionOptions, 'onLost'>,
    private readonly logger: Logger,
  ) {}

  /** @returns false when another process holds it. */
  async take(): Promise<boolean> {
    const connection = new PostgresConnection({ ...this.options, onLost: (lost) => void (lost === this.#connection && this.#takeAgain()) });
    const [row] = (await connection.command(`select pg_try_advisory_lock(${LOCK}) as taken`)) as [{ readonly taken: boolean }];
    if (!row.taken) {
      await connection.close();
      return false;
    }
    this.#connection = connection;
    clearInterval(this.#proving);
    this.#proving = setInterval(() => void connection.prove(PROOF_DEADLINE_MS), PROVE_EVERY_MS).unref();
    return true;
  }

  async release(): Promise<void> {
    this.#released = true;
    clearInterval(this.#proving);
    await this.#connection?.close().catch(() => undefined);
  }

  /**
   * The server has restarted, and the lock is gone; or the connection went silent, and the server holds the lock for a dead
   * session until it notices.
   */
  async #takeAgain(): Promise<void> {
    let wasRefused = false;
    while (!this.#released) {
      await pause(RETRY_MS, undefined, { ref: false });
      const taken = await this.take().catch(() => null);
      if (taken === true) return;
      if (taken === false && !wasRefused) this.logger.error({}, 'another process has taken this database while the connection was lost: stop one of them, or give both a REDIS_URL');
      wasRefused ||= taken === false;
    }
  }
}
