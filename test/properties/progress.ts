const EVERY_MILLISECONDS = 5_000;

/** Says now and then how far something is. */
export class Progress {
  readonly #began = performance.now();
  #last = this.#began;
  #done = 0;

  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly print: (line: string) => void,
  ) {}

  /** @param count of cases, since it was called last. */
  add(count: number): void {
    this.#done += count;
    const now = performance.now();
    if (now - this.#last < EVERY_MILLISECONDS) return;
    this.#last = now;
    const seconds = (now - this.#began) / 1000;
    const left = (seconds / this.#done) * (this.total - this.#done);
    this.print(`${this.what}: ${this.#done} of ${this.total}, ${Math.round(seconds)} s, ${Math.round(left)} s left`);
  }
}
