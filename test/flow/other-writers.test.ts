import postgres from 'postgres';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import { PATIENT } from '../support/patience.js';

interface Case {
  readonly table: string;
  readonly statement: string;
  /** Selected again and again: the answer is warm, and then has to change. */
  readonly query: string;
  /** What of it, once changed: the statement's effect, as JSON text. */
  readonly shows: string | ((before: string) => boolean);
  /** What it leaves is too little for the other cases: it gets a service of its own. */
  readonly destroys?: true;
}

const STORE = '{ lowStockCount topMedicines(first: 200) { id name price { amount } category { id name } product { id tradeName strength manufacturer manufacturerFullName dosageForm route ingredients } stock { quantity } } }';
const changed = (): ((before: string) => boolean) => () => true;
/** A medicine of the tenant `downtown` that is shown above. */
const SHOWN = `(select m.id from medicines m join tenants t on t.id = m.tenant_id where t.slug = 'downtown' and m.rank = 1)`;
const PRODUCT = `(select product_id from medicines where id = ${SHOWN})`;
const SLUG = `(select id from tenants where slug = 'downtown')`;

const cases: readonly Case[] = [
  { table: 'tenants', statement: `update tenants set name = 'Renamed' where slug = 'downtown'`, query: '{ tenant { name } }', shows: 'Renamed' },
  { table: 'users', statement: `update users set name = 'Somebody Else' where email = 'staff@downtown.example'`, query: '{ viewer { name } }', shows: 'Somebody Else' },
  { table: 'memberships', statement: `update memberships set role = 'TENANT_ADMIN' where user_id = (select id from users where email = 'staff@downtown.example')`, query: '{ viewer { role } }', shows: 'TENANT_ADMIN' },
  { table: 'memberships', statement: `delete from memberships where user_id = (select id from users where email = 'staff@downtown.example')`, query: '{ lowStockCount }', shows: 'FORBIDDEN', destroys: true },
  { table: 'sessions', statement: 'delete from sessions', query: '{ viewer { name } }', shows: 'SESSION_INVALID', destroys: true },
  { table: 'sessions', statement: 'truncate sessions', query: '{ viewer { name } }', shows: 'SESSION_INVALID', destroys: true },
  { table: 'manufacturers', statement: `update manufacturers set full_name = 'RENAMED INC'`, query: STORE, shows: 'RENAMED INC' },
  { table: 'dosage_forms', statement: `update dosage_forms set name = 'FORM ' || name`, query: STORE, shows: 'FORM ' },
  { table: 'routes', statement: `update routes set name = 'ROUTE ' || name`, query: STORE, shows: 'ROUTE ' },
  { table: 'ingredients', statement: `update ingredients set name = 'PURE ' || name`, query: STORE, shows: 'PURE ' },
  { table: 'product_groups', statement: `update product_groups set trade_name = 'BRAND ' || trade_name`, query: STORE, shows: 'BRAND ' },
  { table: 'products', statement: `update products set strength = '42MG' where id = ${PRODUCT}`, query: STORE, shows: '42MG' },
  { table: 'product_ingredients', statement: `delete from product_ingredients where product_id = ${PRODUCT}`, query: STORE, shows: changed() },
  { table: 'product_ingredients', statement: 'truncate product_ingredients', query: STORE, shows: '"ingredients":[]' },
  { table: 'categories', statement: `update categories set names = '{"en":"Everything","fr":"Tout"}'`, query: '{ categories { name } }', shows: 'Everything' },
  { table: 'categories', statement: `insert into categories (tenant_id, slug, names) values (${SLUG}, 'inserted', '{"en":"Inserted"}')`, query: '{ categories { name } }', shows: 'Inserted' },
  { table: 'medicines', statement: `update medicines set price_minor = 123456 where id = ${SHOWN}`, query: STORE, shows: '123456' },
  { table: 'medicines', statement: `update medicines set rank = null where rank = 1`, query: '{ topMedicines(first: 1) { id } }', shows: changed() },
  { table: 'medicines', statement: `delete from medicines where tenant_id = ${SLUG}`, query: '{ medicines { totalCount edges { node { id } } } }', shows: '"totalCount":0', destroys: true },
  { table: 'medicines', statement: `insert into medicines (tenant_id, product_id, category_id, name, price_minor) select ${SLUG}, p.id, (select id from categories where tenant_id = ${SLUG} limit 1), '0 first', 1 from products p where not exists (select from medicines m where m.product_id = p.id and m.tenant_id = ${SLUG}) limit 1`, query: '{ medicines(first: 1) { totalCount edges { node { name } } } categories { medicineCount } }', shows: '0 first' },
  { table: 'medicines', statement: 'truncate medicines cascade', query: '{ medicines { totalCount edges { node { id } } } lowStockCount }', shows: '"totalCount":0', destroys: true },
  { table: 'stock_levels', statement: 'update stock_levels set quantity = 0', query: '{ lowStockCount topMedicines(first: 2) { stock { quantity } } }', shows: '"quantity":0' },
  { table: 'stock_levels', statement: 'delete from stock_levels', query: STORE, shows: '"stock":null', destroys: true },
  { table: 'stock_levels', statement: 'truncate stock_levels', query: STORE, shows: '"stock":null', destroys: true },
  { table: 'tenants', statement: 'truncate tenants cascade', query: '{ tenant { name } }', shows: 'TENANT_NOT_FOUND', destroys: true },
];

describe('F4 writers other than the API are seen by the next polls', () => {
  let shared: Promise<Running> | undefined;
  const start = (): Promise<Running> => {
    const [, server] = backends;
    if (server === undefined) throw new Error('no backend');
    return server.start();
  };
  afterAll(async () => (await shared)?.close());

  it.each(cases)('$table: $statement', async ({ statement, query, shows, destroys }) => {
    const running = await (destroys ? start() : (shared ??= start()));
    try {
      const token = await running.client.token('staff@downtown.example');
      const ask = async (): Promise<string> => (await running.client.request(query, { tenant: 'downtown', token })).text;
      const before = await ask();
      expect(await ask()).toBe(before);
      const isShown = (text: string): boolean => text !== before && (typeof shows === 'string' ? text.includes(shows) : shows(text));
      await execute(running, statement);
      await vi.waitUntil(async () => isShown(await ask()), PATIENT);
    } finally {
      if (destroys) await running.close();
    }
  });
});

/** As psql would: over a connection that the service knows nothing of. */
async function execute({ app }: Running, statement: string): Promise<void> {
  const sql = postgres(app.config.database.url ?? '', { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
