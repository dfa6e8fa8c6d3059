import { eq, is, Table } from 'drizzle-orm';
import { getTableConfig, PgTable, type PgColumn } from 'drizzle-orm/pg-core';
import { GLOBAL, partition, predicateForms, type Partition, type TableChange } from '../cache/index.js';
import { tablesToCapture } from '../database/captured-tables.js';
import type { Database } from '../database/database.js';
import { schema } from '../database/schema.js';

/** A table whose changes are captured, as far as tags of its rows are concerned. */
export interface CapturedTable {
  readonly name: string;
  /** Whether each tenant has its own rows, or all tenants share them. */
  readonly partition: 'own' | 'global';
  /** The column that row tags name; null for a table whose primary key has several. */
  readonly key: string | null;
  /** Columns whose values are UUIDs. */
  readonly uuids: ReadonlySet<string>;
}

/** The tables whose changes triggers capture, by name. */
export function capturedTableFacts(): ReadonlyMap<string, CapturedTable> {
  return new Map([...configs()].map(([name, { partition: of, columns, key }]) => {
    const uuids = new Set(columns.filter((column) => column.getSQLType() === 'uuid').map((column) => column.name));
    return [name, { name, partition: of, key: key?.name ?? null, uuids }];
  }));
}

/** A row as an update that changes nothing would be captured; null when there is none with this id. */
export type ReadRow = (table: string, id: string) => Promise<TableChange | null>;

/** Reads rows of captured tables by their keys: only the columns that predicates name, so that no secret is among them (P7). */
export function rowReader(database: Pick<Database, 'read'>): ReadRow {
  return async (name, id) => {
    const config = configs().get(name);
    if (config?.key === undefined) return null;
    const { table, key, columns } = config;
    const named = new Set(predicateForms.of(name).flatMap((form) => [...form.columns, ...(form.watched ?? []), ...(form.containing === null ? [] : [form.containing])]));
    const tenant = columns.find((column) => column.name === 'tenant_id');
    const selected = columns.filter((column) => column === key || named.has(column.name) || column === tenant);
    const [row] = await database.read('platform', (db) =>
      db.select(Object.fromEntries(selected.map((column) => [column.name, column]))).from(table).where(eq(key, id)).limit(1),
    );
    if (row === undefined) return null;
    // An update that changes nothing does not move the row in any order, so its place is null.
    const places = predicateForms.of(name).flatMap(({ within }) => (within === null ? [] : [[`${within}^`, null]]));
    return { table: name, partition: config.partition === 'global' ? GLOBAL : ofTenant(row['tenant_id']), images: [{ ...row, ...Object.fromEntries(places), '@same': true }] };
  };
}

interface Config {
  readonly table: PgTable;
  readonly partition: 'own' | 'global';
  readonly columns: readonly PgColumn[];
  readonly key: PgColumn | undefined;
}

let known: ReadonlyMap<string, Config> | undefined;

function configs(): ReadonlyMap<string, Config> {
  if (known !== undefined) return known;
  const captured = tablesToCapture();
  const found = new Map<string, Config>();
  for (const table of Object.values(schema)) {
    if (!is(table, Table) || !is(table, PgTable)) continue;
    const { name, columns } = getTableConfig(table);
    const of = captured.get(name);
    if (of !== undefined) found.set(name, { table, partition: of, columns, key: columns.find(({ primary }) => primary) });
  }
  return (known = found);
}

function ofTenant(id: unknown): Partition {
  return partition(String(id));
}
