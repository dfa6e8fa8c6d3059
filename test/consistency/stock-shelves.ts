import type postgres from 'postgres';
import { openDatabase } from '../../src/database/database.js';
import { DEMO_TENANTS } from '../../src/database/seed/demo-accounts.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { silentLogger } from '../../src/lib/logger.js';
import { hashPassword } from '../../src/modules/tenancy/tenancy.module.js';
import { readShelves } from './read-shelves.js';
import { shelfOf, type Shelf } from './shelves.js';

const PRODUCTS = 400;
const MEDICINES = 18;
const CATEGORIES = 4;
/** Medicines that come and go. */
const GHOSTS = 3;

/** Migrates and seeds a database: few rows and few lists, so that everything is fought over. */
export async function stockShelves(databaseUrl: string, sql: postgres.Sql): Promise<readonly Shelf[]> {
  const database = await openDatabase({ url: databaseUrl, poolMax: 2, dataDir: null, logger: silentLogger });
  try {
    await importCatalogue(database, { limit: PRODUCTS });
    await seedDemo(database, { production: false, hashPassword, medicinesPerTenant: MEDICINES + GHOSTS });
  } finally {
    await database.close();
  }
  for (const { id } of DEMO_TENANTS) {
    await sql`
      update medicines set category_id = c.id, name = 'alpha ' || lpad(m.place::text, 2, '0'), price_minor = 1, rank = m.place
      from (select id, row_number() over (order by id) as place from medicines where tenant_id = ${id}) m,
           (select id, row_number() over (order by id) as place from categories where tenant_id = ${id}) c
      where medicines.id = m.id and c.place = 1 + m.place % ${CATEGORIES}`;
    await sql`delete from categories c where tenant_id = ${id} and not exists (select from medicines m where m.category_id = c.id)`;
    await sql`update stock_levels set quantity = 5000, reorder_level = 1000 where tenant_id = ${id}`;
    await sql`delete from stock_levels where tenant_id = ${id} and medicine_id in (select id from medicines where tenant_id = ${id} and rank > ${MEDICINES})`;
    await sql`update medicines set rank = null where tenant_id = ${id} and rank > ${MEDICINES - 6}`;
  }
  const held = await readShelves(sql);
  return DEMO_TENANTS.map(({ id, slug }) => {
    const rows = held.filter(({ tenantId }) => tenantId === id);
    return shelfOf({ tenant: slug, tenantId: id, categoryIds: [...new Set(rows.map(({ state }) => state.categoryId))].sort() }, rows);
  });
}
