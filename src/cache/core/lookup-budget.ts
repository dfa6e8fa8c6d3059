/**
 * How long one request has waited for stores so far, over all its look-ups: what it may still wait is the store's
 * deadline less this (D1). Look-ups that wait at the same time count once.
 */
export class LookupBudget {
  #spent = 0;
  #waiting = 0;
  #since = 0;

  /** Milliseconds. */
  get spent(): number {
    return this.#waiting > 0 ? this.#spent + performance.now() - this.#since : this.#spent;
  }

  enter(): void {
    if (this.#waiting++ === 0) this.#since = performance.now();
  }

  leave(): void {
    if (--this.#waiting === 0) this.#spent += performance.now() - this.#since;
  }
}
