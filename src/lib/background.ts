/**
 * Owner of promises that nobody awaits (D3): their errors are reported, and `drain` waits for those under way.
 */
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  constructor(private readonly onError: (error: unknown) => void) {}

  run(work: Promise<unknown>): void {
    const owned: Promise<unknown> = work.catch(this.onError).finally(() => this.#running.delete(owned));
    this.#running.add(owned);
  }

  /** Resolves when everything that was started, also meanwhile, has ended. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
