import type { Without } from './rules.js';

/** Rows of two partitions: a list of the first reads the second, too, as reference data. */
export const ROWS = [0, 1, 2] as const;

export type Row = (typeof ROWS)[number];

/** How often each row was written: what readers see of it. */
export type Versions = Readonly<Partial<Record<Row, number>>>;

export const partitionOf = (row: Row): 'shop' | 'global' => (row === 2 ? 'global' : 'shop');

export const tagOf = (row: Row): string => `t/${partitionOf(row)}/rows/${row}`;

/** What a transaction changed in one partition. */
export interface OutboxRow {
  readonly id: string;
  readonly partition: 'shop' | 'global';
  readonly rows: readonly Row[];
  /** Epochs that it was applied under. */
  readonly applied: Set<string>;
}

export interface Committed {
  readonly outboxRows: readonly OutboxRow[];
  /** Of the rows that were written. */
  readonly versions: Versions;
}

export const tagsOf = (changes: readonly OutboxRow[]): readonly string[] => [
  ...new Set(changes.flatMap(({ rows }) => rows.map(tagOf))),
];

/** The source of truth: it never loses anything, and a commit writes rows and outbox together. */
export class Database {
  readonly #versions: [number, number, number] = [0, 0, 0];
  readonly #outbox: OutboxRow[] = [];
  readonly #told = new Map<string, number>();
  #outboxIds = 1;

  constructor(private readonly without: Without) {}

  version(row: Row): number {
    return this.#versions[row];
  }

  read(rows: readonly Row[]): Versions {
    return Object.fromEntries(rows.map((row) => [row, this.#versions[row]]));
  }

  commit(rows: readonly Row[]): Committed {
    for (const row of rows) this.#versions[row]++;
    const outboxRows = (['shop', 'global'] as const).flatMap((partition) => {
      const own = rows.filter((row) => partitionOf(row) === partition);
      return own.length === 0 ? [] : [{ id: String(this.#outboxIds++), partition, rows: own, applied: new Set<string>() }];
    });
    this.#outbox.push(...outboxRows);
    return { outboxRows, versions: this.read(rows) };
  }

  /** What an epoch has not been told; without one, what none has. */
  unapplied(epoch: string | null): readonly OutboxRow[] {
    if (epoch === null || this.without.has('flag')) return this.#outbox.filter(({ applied }) => applied.size === 0);
    return this.#outbox.filter(({ applied }) => !applied.has(epoch));
  }

  /** As the function of that name in SQL; transactions of this world have all ended. */
  toPoll(epoch: string | null): { readonly before: string; readonly rows: readonly OutboxRow[]; readonly repeated: readonly OutboxRow['partition'][] } {
    const told = (epoch === null ? undefined : this.#told.get(epoch)) ?? 0;
    const repeated = epoch === null ? [] : this.#outbox.filter(({ id, applied }) => Number(id) >= told && applied.size > 0 && !applied.has(epoch));
    return {
      before: String(this.#outboxIds),
      rows: this.#outbox.filter(({ applied }) => applied.size === 0),
      repeated: [...new Set(repeated.map(({ partition }) => partition))],
    };
  }

  note(epoch: string, before: string): void {
    this.#told.set(epoch, Number(before));
  }

  markApplied(ids: readonly string[], epoch: string): void {
    for (const row of this.#outbox) if (ids.includes(row.id)) row.applied.add(epoch);
  }
}
