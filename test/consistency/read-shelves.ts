import type postgres from 'postgres';
import type { ShelfRow } from './shelves.js';

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly category_id: string;
  readonly name: string;
  readonly price_minor: number;
  readonly rank: number | null;
  readonly discontinued: boolean;
  readonly quantity: number | null;
}

/** What the database holds now. */
export async function readShelves(sql: postgres.Sql): Promise<readonly (ShelfRow & { readonly tenantId: string })[]> {
  const rows = await sql<Row[]>`
    select m.id, m.tenant_id, category_id, name, price_minor, rank, discontinued_at is not null as discontinued, s.quantity
    from medicines m left join stock_levels s on s.medicine_id = m.id`;
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    state: { exists: true, price: row.price_minor, name: row.name, categoryId: row.category_id, rank: row.rank, discontinued: row.discontinued },
    stock: { quantity: row.quantity },
  }));
}
