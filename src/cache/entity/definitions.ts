import type { DefinitionFacts, ReadFacts } from '../core/definition-facts.js';
import type { Policy } from '../core/policy.js';
import { rowKeyOf, type RowRead, type TableRead } from './reads.js';

/** The loaders and lists of this process. They are module constants: they declare themselves when they are made. */
export class Definitions {
  readonly #declared: (() => DefinitionFacts)[] = [];

  /** Asked for its facts later: which column names a table's rows, another definition may say. */
  declare(facts: () => DefinitionFacts): void {
    this.#declared.push(facts);
  }

  get all(): readonly DefinitionFacts[] {
    return this.#declared.map((facts) => facts());
  }
}

export const definitions = new Definitions();

interface Declared {
  readonly name: string;
  readonly partition: 'own' | 'global';
  readonly policy: Policy;
  readonly invalidatedBy?: string;
}

interface DeclaredLoader<Key, Row> extends Declared {
  readonly table: string;
  readonly keyColumn: string;
  readonly byRow?: boolean;
  readonly alsoReads?: readonly TableRead<Key>[];
  readonly rowReads?: readonly RowRead<Row>[];
}

export function factsOfLoader<Key, Row>(definition: DeclaredLoader<Key, Row>): DefinitionFacts {
  const { table, keyColumn, byRow = true, alsoReads = [], rowReads = [] } = definition;
  const own = factsOf({ table, columns: [keyColumn], by: byRow ? 'row' : 'columns' }, definition);
  return { ...common(definition), layer: 'entity', reads: [own, ...alsoReads.map((read) => factsOfRead(read, definition)), ...rowReads.map((read) => factsOfRowRead(read, definition))] };
}

export function factsOfList<Ask>(definition: Declared & { readonly reads: readonly TableRead<Ask>[] }): DefinitionFacts {
  return { ...common(definition), layer: 'list', reads: definition.reads.map((read) => factsOfRead(read, definition)) };
}

function common({ name, policy, invalidatedBy }: Declared): Pick<DefinitionFacts, 'name' | 'policy' | 'invalidatedBy'> {
  return { name, policy, ...(invalidatedBy === undefined ? {} : { invalidatedBy }) };
}

function factsOfRead<Ask>(read: TableRead<Ask>, of: Declared): ReadFacts {
  const columns = Object.keys(read.filter ?? {});
  return factsOf({ ...read, columns, by: columns.length === 0 ? 'table' : 'columns' }, of);
}

function factsOfRowRead<Row>(read: RowRead<Row>, of: Declared): ReadFacts {
  if (read.keys === undefined) return factsOfRead(read, of);
  return factsOf({ ...read, columns: [rowKeyOf(read.table)], by: 'row' }, of);
}

type Read = Pick<ReadFacts, 'table' | 'columns' | 'by'> & { readonly partition?: 'own' | 'global'; readonly wholeTable?: boolean };

/** In a definition of what all share, everything is shared. */
function factsOf({ table, columns, by, partition = 'own', wholeTable = false }: Read, { partition: of }: Declared): ReadFacts {
  return { table, partition: of === 'global' ? of : partition, by, columns: [...columns].sort(), wholeTable };
}
