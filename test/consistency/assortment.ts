import type postgres from 'postgres';
import { encodeCursor } from '../../src/graphql/connection.js';
import type { Random } from '../model/random.js';
import { ShopStock } from './shop-stock.js';
import type { Request, Workload } from './workload.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly category_id: string;
  readonly quantity: number;
  readonly reorder_level: number;
}

/** So many of the medicines are looked at one by one. */
const LOOKED_AT = 40;
const ROW = 'id name rank price { amount } category { id }';
const LIST = `query ($first: Int, $after: String, $categoryId: ID, $search: String) { medicines(first: $first, after: $after, categoryId: $categoryId, search: $search) { edges { node { ${ROW} } } pageInfo { hasNextPage } } }`;
const TOTAL = 'query ($categoryId: ID, $search: String) { medicines(categoryId: $categoryId, search: $search) { totalCount } }';
const UPDATE = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }';
const CREATE = 'mutation ($input: CreateMedicineInput!) { createMedicine(input: $input) { id } }';
const ADJUST = 'mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { quantity } } }';

/** An assortment as the demo has it, in pages of the usual size: most writes concern what nobody looks at. */
export async function assortment(of: { readonly tenant: string; readonly tenantId: string }, sql: postgres.Sql, random: Random): Promise<Workload> {
  const { tenant, tenantId } = of;
  const rows = await sql<Row[]>`
    select m.id, m.name, m.category_id, s.quantity, s.reorder_level from medicines m join stock_levels s on s.medicine_id = m.id
    where m.tenant_id = ${tenantId} and m.discontinued_at is null order by m.name, m.id`;
  const spare = (await sql<{ id: string }[]>`select id from products where id not in (select product_id from medicines where tenant_id = ${tenantId}) order by id limit 100`).map(({ id }) => id);
  const categoryIds = [...new Set(rows.map((row) => row.category_id))].sort();
  const stocks = new Map(rows.map((row) => [row.id, { quantity: row.quantity, reorderLevel: row.reorder_level }]));
  const stock = new ShopStock((id) => stocks.get(id) ?? { quantity: 0, reorderLevel: 0 });
  const discontinued: string[] = [];
  const offered = new Set(rows.map(({ id }) => id));
  const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}): Request => ({ query, variables, tenant });
  const update = (input: Readonly<Record<string, unknown>>): Request => ask(UPDATE, { input });

  return {
    name: `an assortment of ${rows.length} medicines, in pages`,
    tenant,
    reads: [
      ...readsOf(categoryIds, rows).map(([query, variables]) => ask(query, variables)),
      ...rows.filter((_, at) => at % Math.ceil(rows.length / LOOKED_AT) === 0).flatMap(({ id }) => [
        ask(`query ($id: ID!) { medicine(id: $id) { ${ROW} } }`, { id }),
        ask('query ($id: ID!) { stock(medicineId: $id) { quantity low } }', { id }),
      ]),
    ],
    write: (turn) => {
      const { id } = random.pick(rows.filter((row) => offered.has(row.id)));
      const chance = random.next();
      if (chance < 0.4) return ask(ADJUST, { input: { medicineId: id, delta: stock.change(id, random) } });
      if (chance < 0.76) return update({ id, priceAmount: 1_000 + turn });
      if (chance < 0.82) return update({ id, categoryId: random.pick(categoryIds) });
      if (chance < 0.9) return update({ id, name: `${random.pick(rows).name.split(' ')[0]} ${random.below(900)} mg` });
      const product = spare.pop();
      if (chance < 0.94 && product !== undefined) return ask(CREATE, { input: { productId: product, categoryId: random.pick(categoryIds), priceAmount: 1_000, reorderLevel: 0 } });
      const back = chance < 0.97 ? discontinued.pop() : undefined;
      if (back !== undefined) {
        offered.add(back);
        return update({ id: back, discontinued: false });
      }
      offered.delete(id);
      discontinued.push(id);
      return update({ id, discontinued: true });
    },
  };
}

/** Pages from the beginning and from the middle, of everything and of each category; searches; numbers. */
function readsOf(categoryIds: readonly string[], rows: readonly Row[]): readonly (readonly [query: string, variables: Readonly<Record<string, unknown>>])[] {
  const middle = [1, 2, 3].map((quarter) => rows[Math.floor((rows.length * quarter) / 4)]).map((row) => encodeCursor([row?.name ?? '', row?.id ?? '']));
  const searches = ['cillin', 'hydro', 'sodium', 'acet', 'acid 250'].map((search) => ({ search }));
  const filters = [{}, ...categoryIds.map((categoryId) => ({ categoryId })), ...searches, ...searches.map((search) => ({ ...search, categoryId: categoryIds[0] }))];
  return [
    ...[{}, ...middle.map((after) => ({ after })), { first: 50 }].map((page) => [LIST, page] as const),
    ...filters.flatMap((filter) => [[LIST, filter] as const, [TOTAL, filter] as const]),
    ...[undefined, 10].map((first) => [`query ($first: Int) { topMedicines(first: $first) { ${ROW} } }`, { first }] as const),
    ['{ categories { id medicineCount } lowStockCount }', {}],
  ];
}
