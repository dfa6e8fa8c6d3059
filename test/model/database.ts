import type { Without } from './rules.js';

/** Rows of two partitions: a list of the first reads the second, too, as reference data. */
export const ROWS = [0, 1, 2] as const;

export type Row = (typeof ROWS)[number];

/** How often each row was written: what readers see of it. */
export type Versions = Readonly<Partial<Record<Row, number>>>;

export const partitionOf = (row: Row): 'shop' | 'global' => (row === 2 ? 'global' : 'shop');

export const tagOf = (row: Row): string => `t/${partitionOf(row)}/rows/${row}`;

export interface OutboxRow {
  readonly tags: readonly string[];
  /** Epochs that it was applied under. */
  readonly applied: Set<string>;
}

/** The source of truth: it never loses anything, and a commit writes rows and outbox together. */
export class Database {
  readonly #versions: [number, number, number] = [0, 0, 0];
  readonly #outbox: OutboxRow[] = [];

  constructor(private readonly without: Without) {}

  version(row: Row): number {
    return this.#versions[row];
  }

  read(rows: readonly Row[]): Versions {
    return Object.fromEntries(rows.map((row) => [row, this.#versions[row]]));
  }

  commit(rows: readonly Row[]): { readonly outboxRow: OutboxRow; readonly versions: Versions } {
    for (const row of rows) this.#versions[row]++;
    const outboxRow = { tags: rows.map(tagOf), applied: new Set<string>() };
    this.#outbox.push(outboxRow);
    return { outboxRow, versions: this.read(rows) };
  }

  /** What an epoch has not been told. */
  unapplied(epoch: string): readonly OutboxRow[] {
    if (this.without.has('flag')) return this.#outbox.filter(({ applied }) => applied.size === 0);
    return this.#outbox.filter(({ applied }) => !applied.has(epoch));
  }
}
