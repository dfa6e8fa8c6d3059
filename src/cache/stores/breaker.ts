export interface BreakerOptions {
  /** Asks the store for something small; tells whether it answered in time. Must not reject. */
  readonly probe: () => Promise<boolean>;
  /** So many failures in a row open it; a grave one does at once. */
  readonly failuresToOpen?: number;
  /** The first probe comes after this time, each further one after twice the time of the one before, up to the maximum. */
  readonly firstProbeMs?: number;
  readonly maxProbeMs?: number;
  readonly onChange?: (closed: boolean) => void;
}

/**
 * Keeps requests away from a store that is failing. While it is open, it probes in the background, so that no user's
 * request pays for finding out whether the store is back; it closes by itself (D1).
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  #closed = true;
  #stopped = false;
  #failures = 0;
  #period = 0;
  #wait = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BreakerOptions) {
    this.#options = { failuresToOpen: 3, firstProbeMs: 100, maxProbeMs: 500, onChange: () => undefined, ...options };
  }

  /** Whether requests may go to the store. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Which of its closed times this is: what began in an earlier one says nothing about the store as it is now. */
  get period(): number {
    return this.#period;
  }

  succeeded(period: number): void {
    if (period === this.#period) this.#failures = 0;
  }

  failed(period: number, grave: boolean): void {
    if (period !== this.#period || !this.#closed) return;
    this.#failures++;
    if (grave || this.#failures >= this.#options.failuresToOpen) this.#open();
  }

  /** For good: opens, and probes no more. */
  stop(): void {
    this.#stopped = true;
    this.#closed = false;
    clearTimeout(this.#timer);
  }

  #open(): void {
    this.#closed = false;
    this.#wait = this.#options.firstProbeMs;
    this.#options.onChange(false);
    this.#probeLater();
  }

  #probeLater(): void {
    this.#timer = setTimeout(() => void this.#probe(), this.#wait);
    // A store that is away is no reason to keep the process alive.
    this.#timer.unref();
    this.#wait = Math.min(this.#wait * 2, this.#options.maxProbeMs);
  }

  async #probe(): Promise<void> {
    const answered = await this.#options.probe();
    if (this.#stopped) return;
    if (!answered) {
      this.#probeLater();
      return;
    }
    this.#failures = 0;
    this.#period++;
    this.#closed = true;
    this.#options.onChange(true);
  }
}
