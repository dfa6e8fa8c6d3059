import type { Policy } from './policy.js';

/** A table that a loader or a list reads, as far as it is known before anything is asked. */
export interface ReadFacts {
  readonly table: string;
  /** Whose rows: the asking partition's own, or those that all share. */
  readonly partition: 'own' | 'global';
  /** What its tags name: rows, values of columns, or nothing but the table. */
  readonly by: 'row' | 'columns' | 'table';
  /** The columns that rows are named or chosen by. */
  readonly columns: readonly string[];
  /** Which other columns count; null when all do. Rows that an answer holds are named beside it then. */
  readonly watched: readonly string[] | null;
  /** The column that is searched for a text, if any; */
  readonly containing: string | null;
  /** and the one that pages lie along. */
  readonly within: string | null;
  /** Said aloud to depend on every change of the table. */
  readonly wholeTable: boolean;
}

/** What a loader or a list says of itself. */
export interface DefinitionFacts {
  readonly layer: 'entity' | 'list';
  readonly name: string;
  readonly policy: Policy;
  readonly reads: readonly ReadFacts[];
  /** Who answers for changes that nobody captures, where there are such. */
  readonly invalidatedBy?: string;
}

/** The form of the tags that a read carries; `own` is what the application calls a partition. */
export function tagTemplate({ table, partition, by, columns, watched, within }: ReadFacts, own: string): string {
  const of = `t/${partition === 'global' ? 'global' : `<${own}>`}/${table}`;
  if (by === 'row') return `${of}/<${columns.join(',')}>`;
  const compared = [...columns.map((column) => `${column}=…`), ...(within === null ? [] : [`${within}^…`])].join('&');
  if (watched !== null) return `${of}?${compared}:${watched.join(',')}`;
  return by === 'table' ? of : `${of}?${compared}`;
}
