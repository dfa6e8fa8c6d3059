import { GLOBAL, partition, type Partition, type Tag } from '../cache/index.js';
import { LarderError } from '../graphql/errors.js';
import { uuidOrNull } from '../graphql/uuid.js';
import type { Admin } from './admin.js';
import { tablesRead, type Names } from './purge-selectors.js';

/** What a tag that an administrator gives is about, and what a purge of it has to reach. */
export type TagTarget =
  | { readonly kind: 'field' | 'profile'; readonly name: string; readonly reach: Partition | null }
  | { readonly kind: 'table'; readonly table: string; readonly of: Partition }
  | { readonly kind: 'row'; readonly table: string; readonly of: Partition; readonly id: string }
  /** Nothing but what carries the tag: a predicate, a whole partition, everything. */
  | { readonly kind: 'exact' };

const BY_NAME = /^t\/(?:([^/@]+)\/)?@(field|profile)\/(.+)$/;
const OF_TABLE = /^t\/([^/]+)\/([^/?]+)(?:\/(.*)|\?(.*))?$/;

/**
 * Reads what a tag is about.
 *
 * @throws LarderError BAD_USER_INPUT for a tag that no entry can carry: unknown table, wrong partition, id in another form, or a
 *   predicate that no loader or list declares.
 */
export function targetOfTag(world: Names & Pick<Admin, 'forms'>, tag: Tag): TagTarget {
  const [, whose, by, name] = BY_NAME.exec(tag) ?? [];
  if (name !== undefined) return { kind: by === 'profile' ? 'profile' : 'field', name, reach: whose === undefined ? null : partition(whose) };
  const [, owner, tableName, row, predicate] = OF_TABLE.exec(tag) ?? [];
  if (owner === undefined || tableName === undefined) return { kind: 'exact' };
  const of = partition(owner);
  checkTable(world, { of, table: tableName });
  if (row === undefined && predicate === undefined) return { kind: 'table', table: tableName, of };
  if (predicate !== undefined) {
    checkPredicate(world, { of, table: tableName, predicate });
    return { kind: 'exact' };
  }
  if (row === '*') return { kind: 'table', table: tableName, of };
  return { kind: 'row', table: tableName, of, id: decoded(row ?? '') };
}

interface Place {
  readonly of: Partition;
  readonly table: string;
}

function checkTable(world: Names, { of, table }: Place): void {
  const known = world.tables.get(table);
  const read = tablesRead(world);
  if (known === undefined || !read.includes(table)) {
    throw new LarderError('BAD_USER_INPUT', `Nothing that is cached reads a table ${JSON.stringify(table)}: a purge of its tags reaches nothing. The tables are ${read.join(', ')}.`);
  }
  if (known.partition === 'global' && of !== GLOBAL) throw new LarderError('BAD_USER_INPUT', `All tenants share ${table}: its tags begin with t/global/${table}.`);
  if (known.partition === 'own' && of === GLOBAL) throw new LarderError('BAD_USER_INPUT', `Rows of ${table} belong to tenants: their tags begin with t/<tenant id>/${table}.`);
}

/** The id as tags write it. @throws LarderError BAD_USER_INPUT for one that no row of the table can have. */
export function checkedId({ tables }: Pick<Names, 'tables'>, table: string, id: string): string {
  const { key, uuids } = tables.get(table) ?? { key: null, uuids: new Set<string>() };
  if (key === null) throw new LarderError('BAD_USER_INPUT', `Rows of ${table} have no id of one column, so that no tag names one: purge the table ${table}.`);
  if (!uuids.has(key)) return id;
  const uuid = uuidOrNull(id);
  if (uuid === null) throw new LarderError('BAD_USER_INPUT', `No row of ${table} can have the id ${JSON.stringify(id)}: ids of ${table} are UUIDs.`);
  return uuid;
}

function checkPredicate({ tables, forms }: Names & Pick<Admin, 'forms'>, { of, table, predicate }: Place & { readonly predicate: string }): void {
  const shapes = forms.of(table).map(({ columns, containing, within, watched }) => {
    const pairs = [...columns.map((column) => `${column}=`), ...(containing === null ? [] : [`${containing}~`]), ...(within === null ? [] : [`${within}^`])];
    return pairs.join('&') + (watched === null ? '' : `:${watched.join(',')}`);
  });
  if (!shapes.includes(predicate.replace(/([=~^])[^&:]*/g, '$1'))) {
    const listed = shapes.map((shape) => `t/${of}/${table}?${shape.replace(/[=~^]/g, '$&…')}`);
    const known = listed.length === 0 ? 'none' : listed.join(', ');
    throw new LarderError('BAD_USER_INPUT', `No loader or list depends on a predicate of this form: of ${table} there are ${known}. The tag t/${of}/${table}/* covers all of its rows.`);
  }
  const { uuids } = tables.get(table) ?? { uuids: new Set<string>() };
  for (const [, column = '', value = ''] of predicate.matchAll(/(\w+)=([^&:]*)/g)) {
    if (uuids.has(column) && value !== '~' && uuidOrNull(value) === null) throw new LarderError('BAD_USER_INPUT', `No row of ${table} can have the ${column} ${JSON.stringify(decoded(value))}: it is a UUID.`);
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
