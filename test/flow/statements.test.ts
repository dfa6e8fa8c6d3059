import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/cache/index.js';
import { backends, redisAlone, type Running } from '../support/backends.js';
import { print } from '../support/print.js';
import type { Sent } from '../support/statements.js';

const QUERY = `
  query Assortment($first: Int!) {
    topMedicines(first: $first) {
      id
      name
      price { amount currency }
      category { name }
      product { tradeName strength dosageForm manufacturer ingredients }
      stock { quantity low }
    }
  }`;
const SELL = 'mutation ($input: SellMedicineInput!) { sellMedicine(input: $input) { total { amount } } }';

interface Assortment {
  readonly topMedicines: readonly { readonly id: string; readonly stock: { readonly quantity: number } }[];
}

describe.each([...backends, redisAlone])('statements for medicines with category, product and stock on $name', (backend) => {
  let running: Running;
  let token: string;

  beforeAll(async () => {
    running = await backend.start({ env: { CACHE_DIVERGENCE_SHARE: '0' } });
    token = await running.client.signIn('staff@downtown.example');
  });
  afterAll(() => running.close());

  const steadily = (name: string, work: () => Promise<void>): void => it(name, () => running.whileTrusted(work));
  const ask = (first: number): Promise<Assortment> => running.client.data<Assortment>(QUERY, { tenant: 'downtown', token, variables: { first } });

  function show(what: string, { selects, control, outbox }: Sent): void {
    const beside = `beside them ${control.length} of transaction control and tenant setting, ${outbox.length} on the outbox`;
    print(`statements · ${backend.name} · ${what}: ${selects.length} SELECT${selects.length === 1 ? '' : 's'} on domain tables (${beside})`);
  }

  async function cold(first: number): Promise<Sent> {
    await running.app.cache.invalidate([EVERYTHING]);
    await running.settled();
    const sent = await running.statements.during(async () => expect((await ask(first)).topMedicines).toHaveLength(first));
    await running.settled();
    return sent;
  }

  steadily('cold, at most 6, however many medicines', async () => {
    const few = await cold(20);
    show('20 medicines, cold', few);
    const many = await cold(200);
    show('200 medicines, cold', many);
    expect(many.selects.length).toBeLessThanOrEqual(6);
    expect(few.selects.length).toBe(many.selects.length);
    expect(many.writes).toEqual([]);
    for (const table of ['sessions', 'tenants', 'medicines', 'categories', 'products', 'stock_levels']) {
      expect(many.selects.filter((statement) => statement.includes(`from "${table}"`)), table).toHaveLength(1);
    }
  });

  steadily('the second time none', async () => {
    await cold(200);
    const warm = await running.statements.during(() => ask(200));
    show('200 medicines, again', warm);
    expect([...warm.selects, ...warm.writes]).toEqual([]);
  });

  steadily('after a sale of one of them, one that reads that one row', async () => {
    await cold(200);
    const before = await ask(200);
    const sold = before.topMedicines.find(({ stock }) => stock.quantity > 3);
    if (sold === undefined) throw new Error('all medicines are sold out');
    const input = { medicineId: sold.id, quantity: 3 };
    await running.client.data(SELL, { tenant: 'downtown', token, variables: { input } });

    let after: Assortment | undefined;
    const loaded: string[] = [];
    const unsubscribe = running.app.cache.events.on((event) => {
      if (event.type === 'load' && event.of.subject.layer === 'entity') loaded.push(event.of.key);
    });
    const sent = await running.statements.during(async () => (after = await ask(200)));
    unsubscribe();
    show('200 medicines, after a sale of one', sent);
    expect(sent.selects).toHaveLength(1);
    expect(sent.selects[0]).toMatch(/from "stock_levels" where "stock_levels"\."medicine_id" = any\(\$1::uuid\[\]\)$/);
    // All rows of a look-up are one parameter: that it was one row, the cache says.
    expect(loaded).toHaveLength(1);
    expect(loaded[0]).toContain(':entity:stock:');
    expect(sent.writes).toEqual([]);
    const expected = before.topMedicines.map((medicine) =>
      medicine.id === sold.id ? { ...medicine, stock: { ...medicine.stock, quantity: medicine.stock.quantity - 3 } } : medicine,
    );
    expect(after?.topMedicines.map(({ id, stock }) => [id, stock.quantity])).toEqual(expected.map(({ id, stock }) => [id, stock.quantity]));

    const again = await running.statements.during(() => ask(200));
    expect(again.selects).toEqual([]);
  });
});
