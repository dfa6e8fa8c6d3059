import { setTimeout as delay } from 'node:timers/promises';
import { Background } from '../../lib/background.js';
import type { Cache } from './cache.js';
import type { Tag } from './tags.js';

export interface LateInvalidationsOptions {
  readonly onError: (error: unknown) => void;
  /** Between one attempt and the next. Rejects, or resolves at once, when aborted. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
}

const PAUSE_MS = 250;

/**
 * For who has no outbox that remembers what was committed: invalidations that no ledger has taken are tried again until one
 * does. Until then what depends on them is unreadable on this node (F3); other nodes hear of it late, and what this process
 * has not got rid of when it dies is lost.
 */
export class LateInvalidations {
  readonly #background: Background;
  readonly #closing = new AbortController();
  readonly #pause: (signal: AbortSignal) => Promise<unknown>;
  #waiting = 0;

  constructor(
    private readonly cache: Pick<Cache, 'invalidate' | 'ledger'>,
    options: LateInvalidationsOptions,
  ) {
    this.#background = new Background(options.onError);
    this.#pause = options.pause ?? ((signal) => delay(PAUSE_MS, undefined, { signal, ref: false }));
  }

  /** How many are waiting for a ledger. */
  get waiting(): number {
    return this.#waiting;
  }

  async invalidate(tags: readonly Tag[]): Promise<'applied' | 'pending'> {
    try {
      await this.cache.invalidate(tags);
      return 'applied';
    } catch {
      // The cache has reported it.
      this.cache.ledger.suspend(tags);
      this.#waiting++;
      this.#background.run(this.#untilApplied(tags));
      return 'pending';
    }
  }

  /** Tries no longer. @returns how many were given up. */
  async close(): Promise<number> {
    this.#closing.abort();
    await this.#background.drain();
    return this.#waiting;
  }

  async #untilApplied(tags: readonly Tag[]): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#pause(signal).catch(() => undefined);
      if (signal.aborted) return;
      const isApplied = await this.cache.invalidate(tags).then(
        () => true,
        () => false,
      );
      if (!isApplied) continue;
      this.cache.ledger.settle(tags);
      this.#waiting--;
      return;
    }
  }
}
