/**
 * Does to each what is to be done, for all of a turn of the event loop together, at its end: sooner for each of them than where others
 * are read in between, and nobody waits for what comes in later. One that throws keeps no other from its turn.
 */
export class Together<Item> {
  #waiting: Item[] = [];

  constructor(private readonly each: (item: Item) => void) {}

  add(item: Item): void {
    if (this.#waiting.push(item) > 1) return;
    setImmediate(() => {
      const all = this.#waiting;
      this.#waiting = [];
      this.#go(all, 0);
    });
  }

  #go(all: readonly Item[], from: number): void {
    let at = from;
    try {
      while (at < all.length) this.each(all[at++] as Item);
    } finally {
      if (at < all.length) setImmediate(() => this.#go(all, at));
    }
  }
}
