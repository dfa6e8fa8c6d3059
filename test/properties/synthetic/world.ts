import { Random } from '../../model/random.js';

/**
 * What resolvers find: always the same for the same question. Rows may change, and time goes on; what a resolver finds
 * depends on these only where it says so to the cache.
 */
export class World {
  /** Calls of resolvers, by the root field under which they were made. */
  readonly calls = new Map<string, number>();
  /** Rows that a resolver has read. */
  readonly read = new Set<string>();
  /** Root fields in which something forbade to store them, while they were made. */
  readonly tightened = new Set<string>();
  readonly #versions = new Map<string, number>();
  /** The root field that is done before others begin; null: none is. */
  first: string | null = null;
  #time = 0;

  /** How often resolvers fail. */
  readonly failing: number;

  constructor(private readonly seed: number) {
    this.failing = [0, 0.01, 0.08][seed % 3] ?? 0;
  }

  get time(): number {
    return this.#time;
  }

  pass(): void {
    this.#time++;
    this.calls.clear();
    this.tightened.clear();
  }

  change(row: string): void {
    this.#versions.set(row, (this.#versions.get(row) ?? 0) + 1);
  }

  called(root: string): void {
    this.calls.set(root, (this.calls.get(root) ?? 0) + 1);
  }

  /** Chance that depends on what is asked, and on the state of a row, and on nothing else. */
  about(row: string, question: readonly unknown[]): Random {
    return new Random(hash(JSON.stringify([this.seed, row, this.#versions.get(row) ?? 0, ...question])));
  }
}

/** FNV-1a. */
export function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
