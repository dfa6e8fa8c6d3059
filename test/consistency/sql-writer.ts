import type postgres from 'postgres';
import type { Random } from '../model/random.js';
import { listsOf, type Record } from './record.js';
import { answer, type Register } from './register.js';
import type { MedicineRow, MedicineState, Shelf, StockState } from './shelves.js';

/** Writes past the API, as a job or an administrator in psql does: ranks, rows that come and go, prices, stock. */
export class SqlWriter {
  /** Of the rows that come and go: where the product is not kept by anybody else. */
  readonly #products = new Map<string, { readonly tenantId: string; readonly productId: string }>();

  constructor(
    private readonly sql: postgres.Sql,
    private readonly record: Record,
    private readonly shelves: readonly Shelf[],
  ) {}

  async open(): Promise<void> {
    const rows = await this.sql<{ id: string; tenant_id: string; product_id: string }[]>`select id, tenant_id, product_id from medicines`;
    for (const row of rows) this.#products.set(row.id, { tenantId: row.tenant_id, productId: row.product_id });
  }

  async write(random: Random, row: MedicineRow): Promise<void> {
    const { sql } = this;
    // Rows without stock are those that come and go.
    if (row.stock.versions[0]?.state.quantity === null) return this.#comeOrGo(random, row);
    if (random.chance(0.4)) {
      const next = 200_000 + row.stock.versions.length;
      return this.#change<StockState>(row, row.stock, {
        state: () => ({ quantity: next }),
        statement: () => sql`update stock_levels set quantity = ${next} where medicine_id = ${row.id}`,
      });
    }
    const rank = random.chance(0.3) ? null : 1 + random.below(200);
    await this.#change<MedicineState>(row, row.medicine, {
      state: (before) => ({ ...before, rank, price: row.medicine.versions.length + 1 }),
      statement: ({ price }) => sql`update medicines set rank = ${rank}, price_minor = ${price} where id = ${row.id}`,
    });
  }

  #comeOrGo(random: Random, row: MedicineRow): Promise<void> {
    const { sql } = this;
    const shelf = this.shelves.find(({ tenant }) => tenant === row.tenant);
    const of = this.#products.get(row.id);
    if (shelf === undefined || of === undefined) throw new Error(`${row.id} lies on no shelf`);
    return this.#change<MedicineState>(row, row.medicine, {
      state: (before) => {
        const price = row.medicine.versions.length + 1;
        if (before.exists) return { ...before, exists: false, price };
        return { exists: true, price, name: `alpha ${random.below(90) + 10}`, categoryId: random.pick(shelf.categoryIds), rank: null, discontinued: false };
      },
      statement: (after) =>
        after.exists
          ? sql`insert into medicines (id, tenant_id, product_id, category_id, name, price_minor)
                values (${row.id}, ${of.tenantId}, ${of.productId}, ${after.categoryId}, ${after.name}, ${after.price})`
          : sql`delete from medicines where id = ${row.id}`,
    });
  }

  async #change<State>(
    row: MedicineRow,
    register: Register<State>,
    { state, statement }: { state: (before: State) => State; statement: (after: State) => Promise<unknown> },
  ): Promise<void> {
    if (!register.lock()) return;
    try {
      const before = register.latest.state;
      const after = state(before);
      const shelf = this.shelves.find(({ tenant }) => tenant === row.tenant);
      const states = register === (row.medicine as unknown) ? [before, after] : [];
      const written = this.record.writing([register.name, ...(shelf === undefined ? [] : listsOf(shelf, states as MedicineState[]))]);
      const version = register.begin(after, null, performance.now());
      await statement(after);
      this.record.statements++;
      written();
      answer(version, performance.now(), { position: null, pending: false });
    } finally {
      register.unlock();
    }
  }
}
