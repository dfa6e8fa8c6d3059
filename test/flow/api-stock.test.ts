import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq, sql } from 'drizzle-orm';
import { schema } from '../../src/database/schema.js';
import { backends, type Running } from '../support/backends.js';
import type { Reply } from '../support/client.js';
import { print } from '../support/print.js';

const STOCK = 'query ($id: ID!) { stock(medicineId: $id) { quantity reorderLevel low updatedAt } }';
const SHOWN = 'query ($id: ID!) { medicine(id: $id) { inStock stock { quantity low } } }';
const SELL = `
  mutation ($input: SellMedicineInput!) {
    sellMedicine(input: $input) { total { amount currency } stock { quantity low } medicine { id inStock price { amount } } }
  }`;
const ADJUST = 'mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { quantity } medicine { id inStock } } }';

interface Stock {
  readonly quantity: number;
  readonly reorderLevel: number;
  readonly low: boolean;
}

interface Sale {
  readonly sellMedicine: {
    readonly total: { readonly amount: number; readonly currency: string };
    readonly stock: { readonly quantity: number };
    readonly medicine: { readonly price: { readonly amount: number } };
  };
}

describe.each(backends)('stock, on $name', (backend) => {
  let running: Running;
  let token: string;
  let ids: readonly string[];

  beforeAll(async () => {
    running = await backend.start();
    token = await running.client.token('staff@downtown.example');
    const { topMedicines } = await running.client.data<{ topMedicines: { id: string; stock: Stock }[] }>('{ topMedicines { id stock { quantity low } } }', { token });
    ids = topMedicines.filter(({ stock }) => stock.quantity > 50).map(({ id }) => id);
  });
  afterAll(() => running.close());

  const nth = (at: number): string => ids[at] ?? '';
  const as = (variables: Record<string, unknown>) => ({ token, tenant: 'downtown', variables });
  const stockOf = async (id: string): Promise<Stock> => (await running.client.data<{ stock: Stock }>(STOCK, as({ id }))).stock;
  const sell = (medicineId: string, quantity: number): Promise<Reply<Sale>> => running.client.request<Sale>(SELL, as({ input: { medicineId, quantity } }));
  const setStock = async (id: string, quantity: number): Promise<void> => {
    const delta = quantity - (await stockOf(id)).quantity;
    if (delta !== 0) await running.client.data(ADJUST, as({ input: { medicineId: id, delta } }));
  };

  it('a sale takes units out, is charged at the price, and is recorded', async () => {
    const id = nth(0);
    const before = await stockOf(id);
    const { data } = await sell(id, 3);
    expect(data?.sellMedicine).toMatchObject({
      total: { amount: 3 * (data?.sellMedicine.medicine.price.amount ?? 0), currency: 'USD' },
      stock: { quantity: before.quantity - 3 },
      medicine: { id, inStock: true },
    });
    expect((await stockOf(id)).quantity).toBe(before.quantity - 3);
    const recorded = await running.app.database.read('platform', (db) =>
      db.select().from(schema.stockMovements).where(eq(schema.stockMovements.medicineId, id)),
    );
    expect(recorded).toMatchObject([{ delta: -3, reason: 'SALE' }]);
    expect(recorded[0]?.userId).not.toBeNull();
  });

  it('never more than there are is sold, and the refusal says how many there are', async () => {
    const id = nth(1);
    await setStock(id, 4);
    const { codes, errors, data } = await sell(id, 5);
    expect(codes).toEqual(['INSUFFICIENT_STOCK']);
    expect(errors[0]?.extensions['available']).toBe(4);
    expect(data).toBeNull();
    expect((await stockOf(id)).quantity).toBe(4);
    expect((await sell(id, 4)).data?.sellMedicine.stock.quantity).toBe(0);
    expect(await running.client.data(SHOWN, as({ id }))).toEqual({ medicine: { inStock: false, stock: { quantity: 0, low: true } } });
  });

  it('40 sales at once of one medicine, of which there are 25: 25 sold, 15 refused, none left', async () => {
    const id = nth(2);
    await setStock(id, 25);
    await running.client.data(SHOWN, as({ id }));
    const replies = await Promise.all(Array.from({ length: 40 }, () => sell(id, 1)));
    const refused = replies.filter(({ codes }) => codes.length > 0);
    const sold = replies.filter(({ codes, data }) => codes.length === 0 && data !== null);
    const { quantity } = await stockOf(id);
    print(`oversell · ${backend.name} · 40 sales at once, 25 in stock: ${sold.length} sold, ${refused.length} refused, stock ${quantity}`);
    expect(sold).toHaveLength(25);
    expect(refused.map(({ codes }) => codes)).toEqual(Array.from({ length: 15 }, () => ['INSUFFICIENT_STOCK']));
    expect(quantity).toBe(0);
    expect(await running.client.data(SHOWN, as({ id }))).toEqual({ medicine: { inStock: false, stock: { quantity: 0, low: true } } });
    const [recorded] = await running.app.database.read('platform', (db) =>
      db.select({ sum: sql<number>`sum(${schema.stockMovements.delta}) filter (where reason = 'SALE')::int` }).from(schema.stockMovements).where(eq(schema.stockMovements.medicineId, id)),
    );
    expect(recorded?.sum).toBe(-25);
  });

  it('an adjustment adds or takes units, and never leaves less than none', async () => {
    const id = nth(3);
    await setStock(id, 10);
    const receipt = await running.client.data(ADJUST, as({ input: { medicineId: id, delta: 5, reason: 'RECEIPT', note: 'delivery' } }));
    expect(receipt).toEqual({ adjustStock: { stock: { quantity: 15 }, medicine: { id, inStock: true } } });
    const { codes, errors } = await running.client.request(ADJUST, as({ input: { medicineId: id, delta: -16 } }));
    expect(codes).toEqual(['INSUFFICIENT_STOCK']);
    expect(errors[0]?.extensions['available']).toBe(15);
    expect((await stockOf(id)).quantity).toBe(15);
  });

  it('the count of what is low follows the stock', async () => {
    const count = async (): Promise<number> => (await running.client.data<{ lowStockCount: number }>('{ lowStockCount }', { token })).lowStockCount;
    const id = nth(4);
    const before = await count();
    const { quantity, reorderLevel } = await stockOf(id);
    await sell(id, quantity - reorderLevel);
    expect(await stockOf(id)).toMatchObject({ quantity: reorderLevel, low: true });
    expect(await count()).toBe(before + 1);
    await running.client.data(ADJUST, as({ input: { medicineId: id, delta: 1 } }));
    expect(await count()).toBe(before);
  });

  it('what is left of a discontinued medicine can be sold', async () => {
    const id = nth(5);
    const admin = await running.client.token('admin@downtown.example');
    const update = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }';
    await running.client.data(update, { token: admin, variables: { input: { id, discontinued: true } } });
    expect((await sell(id, 1)).codes).toEqual([]);
  });

  it('of what the tenant has not there is no stock', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'nothing']) {
      expect(await running.client.data(STOCK, as({ id }))).toEqual({ stock: null });
      expect((await sell(id, 1)).codes).toEqual(['NOT_FOUND']);
      expect((await running.client.request(ADJUST, as({ input: { medicineId: id, delta: 1 } }))).codes).toEqual(['NOT_FOUND']);
    }
  });

  it.each([
    [SELL, { quantity: 0 }],
    [SELL, { quantity: -1 }],
    [ADJUST, { delta: 0 }],
    [ADJUST, { delta: 2_147_483_647 }],
    [ADJUST, { delta: 1, note: ' ' }],
    [ADJUST, { delta: 1, note: 'x'.repeat(501) }],
  ])('refused as no good input: %#', async (mutation, input) => {
    const id = nth(6);
    const before = await stockOf(id);
    expect((await running.client.request(mutation, as({ input: { medicineId: id, ...input } }))).codes).toEqual(['BAD_USER_INPUT']);
    expect(await stockOf(id)).toEqual(before);
  });
});
