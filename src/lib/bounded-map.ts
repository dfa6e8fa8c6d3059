/** An LRU map that is bounded by the total weight of its values. */
export class BoundedMap<Key, Value> {
  // A map keeps its members in the order of insertion: one that is used again moves to the end.
  readonly #items = new Map<Key, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  constructor(readonly maxWeight: number) {}

  get weight(): number {
    return this.#weight;
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: Key): Value | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  /** A value heavier than the bound is not kept. */
  set(key: Key, value: Value, weight: number): void {
    this.delete(key);
    if (weight > this.maxWeight) return;
    this.#items.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#items.keys()) {
      if (this.#weight <= this.maxWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    this.#weight -= item.weight;
  }
}
