import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions as declared, GLOBAL, partition, partitionOfTag, Reader, type Definition, type ReadFacts, type Tag } from '../../src/cache/index.js';
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
function fits(tag: Tag, { table, by, columns }: ReadFacts, of: string): boolean {
  const start = `t/${of}/${table}`;
  if (tag === `${start}/*` || (tag === start && by !== 'row')) return true;
  if (by === 'row') return tag.startsWith(`${start}/`);
  const named = tag.startsWith(`${start}?`) ? tag.slice(start.length + 1).split('&') : [''];
  return named.every((pair) => columns.includes(pair.slice(0, pair.indexOf('='))));
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
      lowStockCount: [{}],
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
      const reader = new Reader<ReadDb>({
        cache,
        // Whatever is stored, the query is to be seen.
        request: cache.begin({ bypass: true }),
        partition: partition(tenant),
        sources: (of) => (query) => database.read(of === GLOBAL ? 'platform' : { tenantId: of }, query),
      });
      running.statements.take();
      await reader.load(definition).load(ask);
      for (const statement of running.statements.take().selects) for (const table of tablesOf(statement)) named.add(table);
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
    }
  });

  it('under a name of its own', () => {
    const names = declared.all.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
