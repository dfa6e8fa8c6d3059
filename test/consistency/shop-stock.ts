import type { Random } from '../model/random.js';

/** How much there is of each medicine, so that it is known when one becomes low. */
export class ShopStock {
  readonly #quantities = new Map<string, number>();

  /** @param begins what there is of a medicine, and below what it is low. */
  constructor(private readonly begins: (id: string) => { readonly quantity: number; readonly reorderLevel: number }) {}

  /**
   * A few units mostly; now and then so many are sold that few are left. After that a delivery comes, if it is ordered again;
   * else the rest is sold.
   */
  change(id: string, random: Random, isOrdered = true): number {
    const { quantity: first, reorderLevel } = this.begins(id);
    const quantity = this.#quantities.get(id) ?? first;
    const delta = quantity > reorderLevel ? usual(quantity, reorderLevel, random) : isOrdered ? 5 * (reorderLevel + 1) : quantity > 0 ? -1 : 1;
    this.#quantities.set(id, quantity + delta);
    return delta;
  }
}

function usual(quantity: number, reorderLevel: number, random: Random): number {
  if (random.chance(0.1)) return Math.floor(reorderLevel / 2) - quantity;
  return random.chance(0.5) ? -1 : 1 + random.below(100);
}
