import type { DefinitionFacts, ReadFacts } from '../core/definition-facts.js';
import type { Policy } from '../core/policy.js';
import { keyReadOf, type ListRead, type RowRead, type TableRead } from './reads.js';
import { rowKeyOf } from './row-keys.js';

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
  readonly columns?: readonly string[];
  readonly where?: Readonly<Record<string, string | number | bigint | boolean | null>>;
  readonly alsoReads?: readonly TableRead<Key>[];
  readonly rowReads?: readonly RowRead<Row>[];
}

export function factsOfLoader<Key, Row>(definition: DeclaredLoader<Key, Row>): DefinitionFacts {
  const { table, keyColumn, byRow = true, alsoReads = [], rowReads = [] } = definition;
  const own = byRow ? factsOf({ table, columns: [keyColumn], by: 'row' }, definition) : factsOfRead(keyReadOf(definition), definition);
  return { ...common(definition), layer: 'entity', reads: [own, ...alsoReads.map((read) => factsOfRead(read, definition)), ...rowReads.map((read) => factsOfRowRead(read, definition))] };
}

export function factsOfList<Ask, Answer>(
  definition: Declared & { readonly reads: readonly ListRead<Ask, Answer>[]; readonly rowReads?: readonly RowRead<Answer>[] },
): DefinitionFacts {
  const { reads, rowReads = [] } = definition;
  return { ...common(definition), layer: 'list', reads: [...reads.map((read) => factsOfRead(read, definition)), ...rowReads.map((read) => factsOfRowRead(read, definition))] };
}

function common({ name, policy, invalidatedBy }: Declared): Pick<DefinitionFacts, 'name' | 'policy' | 'invalidatedBy'> {
  return { name, policy, ...(invalidatedBy === undefined ? {} : { invalidatedBy }) };
}

function factsOfRead<Ask, Answer>(read: ListRead<Ask, Answer>, of: Declared): ReadFacts {
  const compared = Object.keys(read.filter ?? {});
  const by = compared.length === 0 ? 'table' : 'columns';
  return factsOf({ ...read, columns: compared, by, watched: read.columns ?? null, containing: read.containing?.column ?? null, within: read.within?.column ?? null }, of);
}

function factsOfRowRead<Row>(read: RowRead<Row>, of: Declared): ReadFacts {
  const { having, keys, ...rest } = read;
  if (having !== undefined) return factsOf({ ...rest, columns: [having.column], by: 'columns', watched: having.columns }, of);
  if (keys === undefined) return factsOfRead(rest, of);
  return factsOf({ ...rest, columns: [rowKeyOf(read.table)], by: 'row' }, of);
}

type Read = Pick<ReadFacts, 'table' | 'columns' | 'by'> & Partial<Pick<ReadFacts, 'partition' | 'wholeTable' | 'watched' | 'containing' | 'within'>>;

/** In a definition of what all share, everything is shared. */
function factsOf({ table, columns, by, partition = 'own', wholeTable = false, watched = null, containing = null, within = null }: Read, { partition: of }: Declared): ReadFacts {
  return { table, partition: of === 'global' ? of : partition, by, columns: [...columns].sort(), wholeTable, watched, containing, within };
}
