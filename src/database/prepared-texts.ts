const MOST = 256;

/**
 * Which statements are prepared: those seen before, and no more than a connection can hold without bloat. A prepared
 * statement takes one round trip where another takes two, and is planned once; but the server keeps each, and texts that
 * vary (an `in` list of any length) have no end.
 */
export class PreparedTexts {
  readonly #prepared = new Set<string>();
  readonly #seen = new Set<string>();

  isWorthwhile(text: string): boolean {
    if (this.#prepared.has(text)) return true;
    if (this.#prepared.size >= MOST) return false;
    if (this.#seen.delete(text)) {
      this.#prepared.add(text);
      return true;
    }
    if (this.#seen.size >= MOST) this.#seen.clear();
    this.#seen.add(text);
    return false;
  }
}
