/**
 * Does something to each of what comes in during a turn of the event loop, at its end: the same for one after the other costs less than
 * with other things in between. What comes in later waits for the next turn. One that throws keeps no other from its turn.
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
