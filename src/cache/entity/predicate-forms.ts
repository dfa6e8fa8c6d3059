import { CacheError } from '../core/errors.js';

/** What a predicate names of a table's rows. */
export interface PredicateForm {
  /** Compared with `=`. */
  readonly columns: readonly string[];
  /** A column of whose text it names a part, if any; */
  readonly containing: string | null;
  /** and one of which it names a block of places around its own. */
  readonly within: string | null;
  /** Which other columns matter, those that rows are ordered by for instance; null when all do. */
  readonly watched: readonly string[] | null;
}

/** At most so many sets of columns per table whose predicates every change of a row emits, whichever column changes; */
export const MAX_COLUMN_SETS = 8;
/** and so many narrow forms, which cost tags only where they are concerned. */
export const MAX_NARROW_FORMS = 16;

const WATCHED = /^:([A-Za-z_][A-Za-z0-9_]*)?$/;
const FACET = /^([A-Za-z_][A-Za-z0-9_]*)([~^])$/;

/** A form as `cache_predicates` holds it. Versions that do not know an item take it for a column that no row has. */
export function itemsOf({ columns, containing, within, watched }: PredicateForm): readonly string[] {
  const others = watched?.map((column) => `:${column}`) ?? [];
  // Alone, the colon says that no other column matters.
  if (watched?.length === 0) others.push(':');
  if (containing !== null) others.push(`${containing}~`);
  if (within !== null) others.push(`${within}^`);
  return [...columns, ...others].sort();
}

/** Reads what any version has written. */
export function formOf(items: readonly string[]): PredicateForm {
  const columns: string[] = [];
  const watched: string[] = [];
  let containing: string | null = null;
  let within: string | null = null;
  let isNarrow = false;
  for (const item of items) {
    const other = WATCHED.exec(item);
    const [, column, by] = FACET.exec(item) ?? [];
    if (other !== null) {
      isNarrow = true;
      if (other[1] !== undefined) watched.push(other[1]);
    } else if (column !== undefined && by === '~' && containing === null) containing = column;
    else if (column !== undefined && by === '^' && within === null) within = column;
    else columns.push(item);
  }
  if (!isNarrow) return { columns: [...items].sort(), containing: null, within: null, watched: null };
  return { columns: columns.sort(), containing, within, watched: watched.sort() };
}

/**
 * Which forms of predicates are in use, per table. Lists declare them by existing; the images of changed rows are turned
 * into tags for all of them, by the encoder that the lists use, too.
 */
export class PredicateForms {
  readonly #byTable = new Map<string, Map<string, PredicateForm>>();

  /** @throws CacheError when a table would have too many: a write would cost too much. */
  declare(table: string, form: PredicateForm): void {
    this.learn(table, itemsOf(form));
    const alike = this.of(table).filter(({ watched }) => (watched === null) === (form.watched === null));
    const most = form.watched === null ? MAX_COLUMN_SETS : MAX_NARROW_FORMS;
    if (alike.length <= most) return;
    const names = alike.map((one) => itemsOf(one).join('&')).join(', ');
    throw new CacheError('CACHE_DEFINITION_INVALID', `table ${table} has more than ${most} predicates (${names}): let a list filter by fewer columns`);
  }

  /** Takes over a form that another version of the application has declared: it decides how many it can afford. */
  learn(table: string, items: readonly string[]): void {
    if (items.length === 0) return;
    const form = formOf(items);
    const forms = this.#byTable.get(table) ?? new Map<string, PredicateForm>();
    this.#byTable.set(table, forms);
    forms.set(itemsOf(form).join('&'), form);
  }

  of(table: string): readonly PredicateForm[] {
    return [...(this.#byTable.get(table)?.values() ?? [])];
  }

  /** Every form, with its table. */
  get all(): readonly { readonly table: string; readonly columns: readonly string[] }[] {
    return [...this.#byTable].flatMap(([table, forms]) => [...forms.values()].map((form) => ({ table, columns: itemsOf(form) })));
  }

  /** The longest set of columns, of those that all changes emit, that the given ones contain: the most precise tag there is. */
  longestWithin(table: string, columns: ReadonlySet<string>): readonly string[] | null {
    let longest: readonly string[] | null = null;
    for (const form of this.of(table)) {
      if (form.watched !== null) continue;
      if (form.columns.every((column) => columns.has(column)) && form.columns.length > (longest?.length ?? 0)) longest = form.columns;
    }
    return longest;
  }
}

/** The forms of this process. Definitions are module constants: they declare themselves when they are made. */
export const predicateForms = new PredicateForms();
