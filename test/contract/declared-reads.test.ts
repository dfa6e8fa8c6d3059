import { readdirSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions as declared, GLOBAL, partition, partitionOfTag, predicateForms, Reader, type Definition, type ReadFacts, type Tag } from '../../src/cache/index.js';
import { schema } from '../../src/database/schema.js';
import type { ReadDb } from '../../src/graphql/context.js';
import { backends, type Running } from '../support/backends.js';

interface Loader {
  load(ask: unknown): Promise<unknown>;
}

type Found = Definition<ReadDb, Loader>;

/** What each definition is asked for, by its name: things that exist, so that tags which follow from rows are there, too. */
type Asks = Record<string, readonly unknown[]>;

const MODULES = new URL('../../src/modules/', import.meta.url);

async function definitions(): Promise<Found[]> {
  const files = readdirSync(MODULES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.loaders.ts'));
  const modules = await Promise.all(files.map((file) => import(new URL(file, MODULES).href) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module)).filter((value): value is Found => typeof value === 'object' && value !== null && 'bind' in value);
}

const tablesOf = (sql: string): string[] => [...sql.matchAll(/\b(?:from|join)\s+"(\w+)"/gi)].map((match) => match[1] ?? '');
const tableOf = (tag: Tag): string => /^t\/[^/]+\/(\w+)/.exec(tag)?.[1] ?? tag;

/** Whether a tag has the form that a declared read gives it; of a filter that is not given, the table's. */
function fits(tag: Tag, { table, by, columns, watched, containing, within }: ReadFacts, of: string): boolean {
  const start = `t/${of}/${table}`;
  // Rows that the answer holds have tags of their own where not every column of the others counts.
  if (by === 'row' || (watched !== null && tag !== start)) if (tag.startsWith(`${start}/`)) return true;
  if (tag === `${start}/*` || (tag === start && by !== 'row' && watched === null)) return true;
  const [compared, others] = tag.startsWith(`${start}?`) ? tag.slice(start.length + 1).split(':') : ['?'];
  const named = compared === undefined || compared === '' ? [] : compared.split('&');
  const isChosen = named.every((pair) => columns.includes(pair.slice(0, pair.indexOf('='))) || pair.startsWith(`${containing}~`) || pair.startsWith(`${within}^`));
  if (watched === null) return isChosen && others === undefined;
  const allowed = containing === null ? watched : [...watched, containing];
  return isChosen && others !== undefined && watched.every((column) => others.split(',').includes(column)) && others.split(',').every((column) => column === '' || allowed.includes(column));
}

const tables = new Map(Object.values(schema).flatMap((table) => (table instanceof PgTable ? [[getTableConfig(table).name, table] as const] : [])));
const keysOf = (table: PgTable): string[] => {
  const { columns, primaryKeys } = getTableConfig(table);
  return [...columns.filter(({ primary }) => primary), ...primaryKeys.flatMap((key) => key.columns)].map(({ name }) => name);
};

const isNumber = (table: string, column: string): boolean =>
  getTableConfig(tables.get(table) as PgTable).columns.some(({ name, dataType }) => name === column && dataType === 'number');

/** The columns of a table that a statement names, but for its key: by that, rows only come and go. */
function columnsOf(statement: string, { table: name, containing }: ReadFacts, { selected }: { readonly selected: boolean }): string[] {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`there is no table ${name}`);
  const all = getTableConfig(table).columns.map((column) => column.name);
  const searching = new RegExp(`("${name}"\\.)?"${containing}" ilike \\$\\d+`, 'g');
  const text = (selected ? statement : statement.slice(statement.indexOf(' from "'))).replace(searching, '');
  // drizzle names the table where there are several.
  const named = tablesOf(statement).length > 1 ? new RegExp(`"${name}"\\."(\\w+)"`, 'g') : /(?<!from )"(\w+)"(?!\.)/g;
  const keys = keysOf(table);
  return [...text.matchAll(named)].map((match) => match[1] ?? '').filter((column) => all.includes(column) && !keys.includes(column));
}

describe('F6 every query declares the tables that its SQL names', async () => {
  let running: Running;
  let asks: Asks;
  let tenant: string;
  const found = await definitions();

  beforeAll(async () => {
    const [, server] = backends;
    if (server === undefined) throw new Error('no backend');
    running = await server.start();
    const { client } = running;
    const token = await client.token('staff@downtown.example');
    const data = await client.data<{
      tenant: { id: string };
      topMedicines: { id: string; product: { id: string }; category: { id: string } }[];
      medicineGroups: { edges: { node: { id: string } }[] };
    }>('{ tenant { id } topMedicines(first: 1) { id product { id } category { id } } medicineGroups(first: 1) { edges { node { id } } } }', {
      tenant: 'downtown',
    });
    const [medicine] = data.topMedicines;
    const [group] = data.medicineGroups.edges;
    if (medicine === undefined || group === undefined) throw new Error('nothing was seeded');
    tenant = data.tenant.id;
    const { sessionIdOf } = await import('../../src/modules/tenancy/token.js');
    const page = { first: 5, after: null };
    const { viewer } = await client.data<{ viewer: { id: string } }>('{ viewer { id } }', { token });
    asks = {
      session: [sessionIdOf(token)],
      tenant: [tenant],
      tenants: [{ search: null, page }],
      tenantTotal: [{ search: 'a' }],
      user: [{ tenantId: tenant, userId: viewer.id }],
      users: [{ tenantId: tenant, search: null, page }],
      userTotal: [{ tenantId: tenant, search: 'a' }],
      sessionsOfUser: [viewer.id],
      tenantBySlug: ['downtown', 'nobody'],
      medicine: [medicine.id],
      medicineOfProduct: [medicine.product.id],
      medicines: [
        { categoryId: medicine.category.id, search: null, page },
        { categoryId: null, search: 'a', page },
        { categoryId: null, search: null, page },
      ],
      medicineTotal: [
        { categoryId: medicine.category.id, search: null },
        { categoryId: null, search: 'a' },
      ],
      medicineCountOfCategory: [medicine.category.id],
      topMedicines: [{ first: 3 }],
      category: [medicine.category.id],
      categories: [{}],
      medicineGroup: [group.node.id],
      variantsOfGroup: [group.node.id],
      medicineGroups: [{ search: null, page }, { search: 'a', page }],
      medicineGroupTotal: [{ search: 'a' }],
      product: [medicine.product.id],
      catalogue: [{ search: null, page }, { search: 'a', page }],
      catalogueTotal: [{ search: 'a' }],
      stock: [medicine.id],
      lowStock: [{}],
    };
  });
  afterAll(() => running.close());

  it('of all definitions there are', () => {
    expect(found.length).toBeGreaterThan(15);
    const unknown = found.filter(({ name }) => asks[name] === undefined).map(({ name }) => name);
    expect(unknown, 'give these definitions something to ask for in this test').toEqual([]);
  });

  it.each(found.map((definition) => [definition.name, definition] as const))('%s', async (name, definition) => {
    const { cache, database } = running.app;
    for (const ask of asks[name] ?? []) {
      const named = new Set<string>();
      const statements: string[] = [];
      const reader = new Reader<ReadDb>({
        cache,
        // Whatever is stored, the query is to be seen.
        request: cache.begin({ bypass: true }),
        partition: partition(tenant),
        sources: (of) => (query) => database.read(of === GLOBAL ? 'platform' : { tenantId: of }, query),
      });
      running.statements.take();
      await reader.load(definition).load(ask);
      statements.push(...running.statements.take().selects);
      for (const statement of statements) for (const table of tablesOf(statement)) named.add(table);
      expect(named.size, `${name} was not seen to query anything`).toBeGreaterThan(0);

      const { tags } = reader.collector;
      expect(new Set(tags.map(tableOf)), `tables that ${name} depends on`).toEqual(named);
      for (const table of named) {
        // Bulk changes and purges name the table alone.
        expect(tags.filter((tag) => tag.endsWith(`/${table}/*`)), `${name} carries the tag of all rows of ${table}`).toHaveLength(1);
      }
      const of = definition.partition === 'own' ? [tenant, GLOBAL] : [GLOBAL];
      expect(tags.every((tag) => of.includes(String(partitionOfTag(tag))))).toBe(true);

      const facts = declared.all.find((one) => one.name === name)?.reads ?? [];
      expect(new Set(facts.map(({ table }) => table)), `tables that ${name} says it reads`).toEqual(named);
      const strange = tags.filter((tag) => !facts.some((read) => fits(tag, read, read.partition === 'own' ? tenant : GLOBAL)));
      expect(strange, `tags that ${name} does not say it carries`).toEqual([]);

      for (const read of facts) {
        const { table, columns, watched } = read;
        if (watched === null) continue;
        // What the answer is made of need not be named where it carries the tags of its rows.
        const selected = !tags.some((tag) => tag.includes(`/${table}/`) && !tag.endsWith('/*'));
        // Numbers are their own places; of two texts in one place, one is still before the other.
        const counting = new Set([...columns, ...watched, ...(read.within !== null && isNumber(table, read.within) ? [read.within] : [])]);
        const forgotten = statements.flatMap((statement) => columnsOf(statement, read, { selected })).filter((column) => !counting.has(column));
        expect(forgotten, `columns of ${table} that ${name} names in SQL and not in its declaration`).toEqual([]);
      }
    }
  });

  it('by columns that are captured: of others every change counts as one of the table', async () => {
    const found = await running.app.database.owner((tx) => tx.execute(sql`select proname as name, prosrc as text from pg_proc where proname like 'larder_capture_%'`));
    const rows = (Array.isArray(found) ? found : (found as { rows: unknown[] }).rows) as { name: string; text: string }[];
    const captures = new Map(rows.map(({ name, text }) => [name.slice('larder_capture_'.length), text]));
    const missing = predicateForms.all.flatMap(({ table, columns }) =>
      columns.map((item) => item.replace(/[:~^]/, '')).filter((column) => column !== '' && captures.get(table)?.includes(`'${column}', `) !== true).map((column) => `${table}.${column}`),
    );
    expect(missing).toEqual([]);
  });

  it('under a name of its own', () => {
    const names = declared.all.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
