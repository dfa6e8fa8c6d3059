import type { LookupBudget } from '../core/lookup-budget.js';
import { Breaker, type BreakerOptions } from './breaker.js';

export const DEFAULT_DEADLINE_MS = 50;

export interface GuardOptions extends Omit<BreakerOptions, 'probe'> {
  /** How long one request may wait for the store, over all its look-ups. */
  readonly deadlineMs?: number;
  /** Something small to ask the store, to learn whether it is back. */
  readonly probe: () => Promise<unknown>;
}

type Outcome<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'timeout' } | { readonly kind: 'error' };

/**
 * Deadline, breaker and counters around whatever goes to one server, once, however many stores use it. Nothing that
 * goes through it rejects or takes longer than the deadline; what comes too late is ignored (D1, D3).
 */
export class Guard {
  readonly #breaker: Breaker;
  readonly #deadlineMs: number;
  #timeouts = 0;
  #errors = 0;

  constructor({ probe, deadlineMs = DEFAULT_DEADLINE_MS, ...breaker }: GuardOptions) {
    this.#deadlineMs = deadlineMs;
    this.#breaker = new Breaker({ ...breaker, probe: async () => (await this.#race(probe, deadlineMs)).kind === 'answer' });
  }

  get healthy(): boolean {
    return this.#breaker.closed;
  }

  get timeouts(): number {
    return this.#timeouts;
  }

  get errors(): number {
    return this.#errors;
  }

  /** A look-up: a timeout keeps everybody away at once, since each of them would pay the deadline. */
  async read<T>(work: () => Promise<T>, otherwise: T, budget?: LookupBudget): Promise<T> {
    if (!this.#breaker.closed) return otherwise;
    const left = this.#deadlineMs - (budget?.spent ?? 0);
    if (left <= 0) {
      this.#timeouts++;
      return otherwise;
    }
    const { period } = this.#breaker;
    budget?.enter();
    const outcome = await this.#race(work, left);
    budget?.leave();
    this.#count(outcome);
    if (outcome.kind === 'answer') {
      this.#breaker.succeeded(period);
      return outcome.value;
    }
    // What was left of a spent budget is no measure of the store.
    this.#breaker.failed(period, outcome.kind === 'timeout' && left > this.#deadlineMs / 2);
    return otherwise;
  }

  /**
   * A change. Refused, it is counted and no more: a server that is full still answers look-ups. Only being late speaks
   * against the server, and less so than with a look-up, since what is written may be large.
   */
  async write<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    if (!this.#breaker.closed) return otherwise;
    const { period } = this.#breaker;
    const outcome = await this.#race(work, this.#deadlineMs);
    this.#count(outcome);
    if (outcome.kind === 'answer') return outcome.value;
    if (outcome.kind === 'timeout') this.#breaker.failed(period, false);
    return otherwise;
  }

  /** Lets nothing through any more. */
  stop(): void {
    this.#breaker.stop();
  }

  #count({ kind }: Outcome<unknown>): void {
    if (kind === 'timeout') this.#timeouts++;
    else if (kind === 'error') this.#errors++;
  }

  /** The work's outcome, or `timeout` after `limit` milliseconds in which the server could have answered. */
  #race<T>(work: () => Promise<T>, limit: number): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      // The work first: what it does before it waits (encoding) is not the server's time. Nor is what others do in this turn
      // of the event loop, whose end clients wait for to send what has been asked.
      const settle = (outcome: Outcome<T>): void => {
        clearImmediate(sent);
        clearTimeout(timer);
        resolve(outcome);
      };
      start(work).then(
        (value) => settle({ kind: 'answer', value }),
        () => settle({ kind: 'error' }),
      );
      const sent = setImmediate(() => {
        // When this process was busy for longer than the deadline, the answer may lie in the socket unread. Timers run
        // before sockets are read and immediates after it: give the answer that one turn.
        timer = setTimeout(() => setImmediate(() => resolve({ kind: 'timeout' })), limit);
      });
    });
  }
}

/** A work that throws before it has a promise has failed like any other. */
async function start<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
