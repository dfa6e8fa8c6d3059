import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GLOBAL, partition, Reader, type Definition } from '../../src/cache/index.js';
import { sqlState } from '../../src/database/database-error.js';
import type { ReadDb } from '../../src/graphql/context.js';
import { Random } from '../model/random.js';
import { backends, type Running } from '../support/backends.js';
import { decisionsDuring } from '../support/decisions.js';
import { print } from '../support/print.js';
import { SEARCHES, someStatement, type Ground } from './random-changes.js';
import { PATIENT } from '../support/patience.js';

type Found = Definition<ReadDb, { load(ask: unknown): Promise<unknown> }>;

const MODULES = new URL('../../src/modules/', import.meta.url);
/** So many medicines are left of the assortment. */
const MEDICINES = 20;
const ROUNDS = 40;

async function definitions(): Promise<ReadonlyMap<string, Found>> {
  const files = readdirSync(MODULES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.loaders.ts'));
  const modules = await Promise.all(files.map((file) => import(new URL(file, MODULES).href) as Promise<Record<string, unknown>>));
  const found = modules.flatMap((module) => Object.values(module)).filter((value): value is Found => typeof value === 'object' && value !== null && 'bind' in value);
  return new Map(found.map((definition) => [definition.name, definition]));
}

/** Everything that modules read, and that one of the statements may change. */
function asksOf({ medicineIds, categoryIds, productIds, groupIds, tenantId, userId }: Ground): readonly (readonly [name: string, ask: unknown])[] {
  const filters = [
    ...[null, ...categoryIds].map((categoryId) => ({ categoryId, search: null })),
    ...SEARCHES.map((search) => ({ categoryId: null, search })),
    ...SEARCHES.slice(0, 4).map((search) => ({ categoryId: categoryIds[0], search })),
  ];
  const pages = [
    { first: 100, after: null },
    { first: 3, after: null },
    { first: 3, after: ['alpha', '00000000-0000-4000-8000-000000000000'] },
  ];
  const each = (name: string, asks: readonly unknown[]): (readonly [string, unknown])[] => asks.map((ask) => [name, ask]);
  return [
    ...each('medicines', filters.flatMap((filter) => pages.map((page) => ({ ...filter, page })))),
    ...each('medicineTotal', filters),
    ...each('medicineCountOfCategory', categoryIds),
    ...each('topMedicines', [{ first: 200 }, { first: 3 }]),
    ...each('lowStock', [{}]),
    ...each('medicine', medicineIds.slice(0, 6)),
    ...each('medicineOfProduct', productIds.slice(0, 8)),
    ...each('stock', medicineIds.slice(0, 6)),
    ...each('categories', [{}]),
    ...each('category', categoryIds),
    ...each('product', productIds.slice(0, 6)),
    ...each('variantsOfGroup', groupIds),
    ...each('medicineGroup', groupIds),
    ...each('medicineGroups', [{ search: 'alpha', page: pages[1] }]),
    ...each('medicineGroupTotal', [{ search: 'alpha' }]),
    ...each('catalogue', [{ search: null, page: pages[1] }]),
    ...each('user', [{ tenantId, userId }]),
    ...each('users', [{ tenantId, search: null, page: pages[0] }]),
    ...each('userTotal', [{ tenantId, search: 'alpha' }]),
    ...each('tenant', [tenantId]),
  ];
}

describe.each(backends)('F6 what is cached is what the database says, whatever changes, on $name', (backend) => {
  let running: Running;
  let ground: Ground;
  let found: ReadonlyMap<string, Found>;

  beforeAll(async () => {
    found = await definitions();
    running = await backend.start();
    ground = await prepare(running);
  });
  afterAll(() => running.close());

  const read = (name: string, ask: unknown, bypass: boolean): Promise<unknown> => {
    const { cache, database } = running.app;
    const definition = found.get(name);
    if (definition === undefined) throw new Error(`there is no ${name}`);
    const reader = new Reader<ReadDb>({
      cache,
      request: cache.begin({ bypass }),
      partition: partition(ground.tenantId),
      sources: (of) => (query) => database.read(of === GLOBAL ? 'platform' : { tenantId: of }, query),
    });
    return reader.load(definition).load(ask);
  };

  it(`in ${ROUNDS} rounds of random statements`, async () => {
    const seed = randomInt(1_000_000);
    print(`seed ${seed}`);
    const random = new Random(seed);
    const asks = asksOf(ground);
    const url = running.app.config.database.url;
    const psql = backend.redis && url !== null ? postgres(url, { max: 1, onnotice: () => undefined }) : null;
    let hits = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const statements = Array.from({ length: random.chance(0.7) ? 1 : 4 }, () => someStatement(random, ground));
        const isOurs = psql === null || random.chance(0.8);
        for (const statement of statements) {
          // What a constraint refuses has changed nothing.
          if (isOurs) await running.change((tx) => tx.execute(sql.raw(statement))).catch(expectRefusal);
          else await psql.unsafe(statement).catch(expectRefusal);
        }
        if (!isOurs) await vi.waitUntil(() => isApplied(running), PATIENT);
        await running.settled();
        const cached: unknown[] = [];
        const decisions = await decisionsDuring(running.app.cache, async () => {
          for (const [name, ask] of asks) cached.push(await read(name, ask, false));
        });
        hits += decisions.hits.length;
        for (const [index, [name, ask]] of asks.entries()) {
          const fresh = await read(name, ask, true);
          expect(cached[index], `${name} ${JSON.stringify(ask)} after, in round ${round} of seed ${seed}:\n${statements.join(';\n')}`).toEqual(fresh);
        }
      }
    } finally {
      await psql?.end();
    }
    const share = hits / (ROUNDS * asks.length);
    print(`${backend.name}: ${asks.length} answers after each round, ${(share * 100).toFixed(0)} % of them from the cache`);
    // Answers that were all read anew would be right, too.
    expect(hits).toBeGreaterThan(asks.length);
  });
});

/** Leaves few medicines, with stock of most of them. */
async function prepare(running: Running): Promise<Ground> {
  const all = async <Row>(text: string): Promise<Row[]> => {
    const result = await running.change((tx) => tx.execute(sql.raw(text)));
    return (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as Row[];
  };
  const ids = async (text: string): Promise<string[]> => (await all<{ id: string }>(text)).map(({ id }) => id);
  const [tenantId = '', otherTenantId = ''] = await ids('select id from tenants order by slug limit 2');
  const own = `tenant_id = '${tenantId}'`;
  const kept = `(select id from medicines where ${own} order by rank, id limit ${MEDICINES})`;
  await all(`delete from medicines where ${own} and id not in ${kept}`);
  await all(`delete from medicines m where tenant_id = '${otherTenantId}' and product_id in (select product_id from medicines where ${own})`);
  await all(`update medicines set category_id = (select id from categories c where c.${own} order by id offset abs(hashtext(medicines.id::text)) % 3 limit 1), name = 'alpha ' || abs(hashtext(id::text)) % 30, rank = nullif(rank % 20, 0) where ${own}`);
  await all(`update stock_levels set quantity = 7, reorder_level = 5 where ${own}`);
  await all(`delete from stock_levels where medicine_id in (select id from medicines where ${own} order by id limit 4)`);
  const products = await all<{ id: string; group_id: string }>(`select p.id, p.group_id from products p join medicines m on m.product_id = p.id and m.${own} order by p.id limit 12`);
  const [userId = ''] = await ids(`select user_id as id from memberships where ${own} order by user_id limit 1`);
  const [otherCategoryId = ''] = await ids(`select id from categories where tenant_id = '${otherTenantId}' limit 1`);
  return {
    tenantId,
    otherTenantId,
    medicineIds: await ids(`select id from medicines where ${own} order by id`),
    categoryIds: await ids(`select distinct category_id as id from medicines where ${own} order by id`),
    otherCategoryId,
    productIds: products.map(({ id }) => id),
    groupIds: [...new Set(products.map(({ group_id: id }) => id))].slice(0, 4),
    userId,
  };
}

/** Of class 23: a constraint was violated. */
function expectRefusal(error: unknown): void {
  if (!String(sqlState(error) ?? (error as { code?: unknown }).code).startsWith('23')) throw error;
}

/** Whether the relay has taken all that was committed. */
async function isApplied({ app }: Running): Promise<boolean> {
  const [row] = await app.database.read('platform', (db) => db.select({ left: sql<number>`count(*)::int` }).from(sql`outbox`).where(sql`applied_epochs = '{}'`));
  return row?.left === 0;
}
