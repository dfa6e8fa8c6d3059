import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partition, Reader } from '../../src/cache/index.js';
import { schema } from '../../src/database/schema.js';
import { DEMO_TENANTS } from '../../src/database/seed/demo-accounts.js';
import type { ReadDb } from '../../src/graphql/context.js';
import { medicineById } from '../../src/modules/pharmacy/medicine.loaders.js';
import { backends, type Running } from '../support/backends.js';
import { decisionsDuring, type Decisions } from '../support/decisions.js';

interface Category {
  readonly id: string;
  readonly medicineCount: number;
}

interface Listed {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly price: number }[];
}

const LIST = 'query ($categoryId: ID) { medicines(categoryId: $categoryId, first: 200) { totalCount edges { node { id name price { amount } } } } }';
const DETAIL = 'query ($id: ID!) { medicine(id: $id) { name price { amount } category { id } } }';
const UPDATE = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }';

/** What a client sees after a write, and what of it the cache had to load again. */
describe.each(backends)('what a write makes visible, and what it leaves alone, on $name', (backend) => {
  let running: Running;
  let admin: string;
  let staff: string;

  beforeAll(async () => {
    running = await backend.start();
    admin = await running.client.token('admin@downtown.example');
    staff = await running.client.token('staff@downtown.example');
  });
  afterAll(() => running.close());

  const here = { tenant: 'downtown' };

  async function list(categoryId?: string, tenant = 'downtown'): Promise<Listed> {
    const { medicines } = await running.client.data<{
      medicines: { totalCount: number; edges: { node: { id: string; name: string; price: { amount: number } } }[] };
    }>(LIST, { tenant, variables: { categoryId } });
    return { totalCount: medicines.totalCount, nodes: medicines.edges.map(({ node: { price, ...node } }) => ({ ...node, price: price.amount })) };
  }

  async function detail(id: string): Promise<{ name: string; price: { amount: number }; category: { id: string } } | null> {
    return (await running.client.data<{ medicine: { name: string; price: { amount: number }; category: { id: string } } | null }>(DETAIL, { ...here, variables: { id } })).medicine;
  }

  async function categories(): Promise<readonly Category[]> {
    const data = await running.client.data<{ categories: Category[] }>('{ categories { id medicineCount } }', here);
    return [...data.categories].sort((a, b) => b.medicineCount - a.medicineCount);
  }

  const update = (input: Record<string, unknown>): Promise<unknown> => running.client.data(UPDATE, { token: admin, variables: { input } });
  const watched = (work: () => Promise<unknown>): Promise<Decisions> => decisionsDuring(running.app.cache, work);

  /** Reads that were answered from the cache: nothing was missing. */
  const isHit = ({ hits, misses }: Decisions): boolean => hits.length > 0 && misses.length === 0;

  it('a price: in the detail and in every list that shows it; all other details, lists of other categories, counts and searches stay', () =>
    running.whileTrusted(async () => {
      const [first, second] = await categories();
      const { nodes } = await list(first?.id);
      const [changed, ...others] = nodes;
      const further = (await list(second?.id)).nodes;
      const unrelated = further[0]?.name.split(/[^A-Za-z0-9]/).find((word) => word.length > 3 && changed?.name.includes(word) === false) ?? '';
      const counts = () => running.client.data('query ($categoryId: ID) { all: medicines { totalCount } of: medicines(categoryId: $categoryId) { totalCount } categories { medicineCount } lowStockCount }', { token: staff, variables: { categoryId: first?.id } });
      const searches = () => running.client.data('query ($search: String) { medicines(search: $search, first: 200) { totalCount edges { node { id price { amount } } } } }', { ...here, variables: { search: unrelated } });
      const stock = () => running.client.data('query ($id: ID!) { stock(medicineId: $id) { quantity } }', { token: staff, variables: { id: changed?.id } });
      const elsewhere = () => list(second?.id);
      // All at once, as a list of favourites would ask for them.
      const details = async () => {
        const { cache, database } = running.app;
        const own = partition(DEMO_TENANTS.find(({ slug }) => slug === 'downtown')?.id ?? '');
        const reader = new Reader<ReadDb>({ cache, request: cache.begin(), partition: own, sources: (of) => (query) => database.read({ tenantId: of }, query) });
        await reader.load(medicineById).loadMany([...others, ...further].map(({ id }) => id));
      };
      for (const read of [() => detail(changed?.id ?? ''), details, elsewhere, searches, stock, () => list(undefined, 'riverside')]) await read();
      // Pages are read here, too, and with them the pieces that they are part of; the numbers are what is to stay.
      await counts();
      await running.settled();

      const price = (changed?.price ?? 0) + 17;
      await update({ id: changed?.id, priceAmount: price });

      expect((await detail(changed?.id ?? ''))?.price.amount).toBe(price);
      expect((await list(first?.id)).nodes.find(({ id }) => id === changed?.id)?.price).toBe(price);
      for (const read of [details, elsewhere, searches, stock]) expect(isHit(await watched(read))).toBe(true);
      const { misses } = await watched(counts);
      expect(misses.filter((miss) => !['response Query.medicines', 'list medicines'].includes(miss))).toEqual([]);
      expect(isHit(await watched(() => list(undefined, 'riverside')))).toBe(true);
    }));

  it('a move to another category: out of one list, into the other, both counted anew; a third stays', () =>
    running.whileTrusted(async () => {
      const [from, to, third] = await categories();
      const before = { from: await list(from?.id), to: await list(to?.id), all: await list() };
      await list(third?.id);
      await running.settled();
      const moved = before.from.nodes[0];
      await update({ id: moved?.id, categoryId: to?.id });

      const after = { from: await list(from?.id), to: await list(to?.id) };
      expect(after.from.totalCount).toBe(before.from.totalCount - 1);
      expect(after.from.nodes.map(({ id }) => id)).not.toContain(moved?.id);
      expect(after.to.totalCount).toBe(before.to.totalCount + 1);
      expect(after.to.nodes.map(({ id }) => id)).toContain(moved?.id);
      expect((await detail(moved?.id ?? ''))?.category.id).toBe(to?.id);
      const counts = new Map((await categories()).map(({ id, medicineCount }) => [id, medicineCount]));
      expect([counts.get(from?.id ?? ''), counts.get(to?.id ?? ''), counts.get(third?.id ?? '')]).toEqual([
        (from?.medicineCount ?? 0) - 1,
        (to?.medicineCount ?? 0) + 1,
        third?.medicineCount,
      ]);
      expect(isHit(await watched(() => list(third?.id)))).toBe(true);
      await update({ id: moved?.id, categoryId: from?.id });
    }));

  it('a name: the list is in its new order', async () => {
    const before = await list();
    const last = before.nodes.at(-1);
    await update({ id: last?.id, name: '  A first of all ' });
    expect((await list()).nodes[0]).toEqual({ ...last, name: 'A first of all' });
    await update({ id: last?.id, name: last?.name });
    expect(await list()).toEqual(before);
  });

  it('a sale: the stock; the medicine and its lists stay, and the number of those that are low until this is one', () =>
    running.whileTrusted(async () => {
      const query = '{ topMedicines(first: 30) { id name category { name } product { tradeName } stock { quantity } } lowStockCount }';
      const read = () => running.client.data<{ topMedicines: { id: string; stock: { quantity: number } }[] }>(query, { token: staff });
      const sell = (medicineId: string | undefined, quantity: number): Promise<unknown> =>
        running.client.data('mutation ($input: SellMedicineInput!) { sellMedicine(input: $input) { total { amount } } }', { token: staff, variables: { input: { medicineId, quantity } } });
      const [sold] = (await read()).topMedicines.filter(({ stock }) => stock.quantity > 60);
      await running.settled();
      await sell(sold?.id, 1);
      let after: Awaited<ReturnType<typeof read>> | undefined;
      const { misses } = await watched(async () => (after = await read()));
      expect(after?.topMedicines.find(({ id }) => id === sold?.id)?.stock.quantity).toBe((sold?.stock.quantity ?? 0) - 1);
      expect([...misses].sort()).toEqual(['entity stock', 'response Query.topMedicines']);

      const lowStockCount = async (): Promise<number> => (await running.client.data<{ lowStockCount: number }>('{ lowStockCount }', { token: staff })).lowStockCount;
      const before = await lowStockCount();
      const { reorderLevel } = (await running.client.data<{ stock: { reorderLevel: number } }>('query ($id: ID!) { stock(medicineId: $id) { reorderLevel } }', { token: staff, variables: { id: sold?.id } })).stock;
      const toSell = (sold?.stock.quantity ?? 0) - 1 - reorderLevel;
      expect(toSell).toBeGreaterThan(0);
      for (const quantity of [toSell - 1, 1].filter((units) => units > 0)) {
        expect(await lowStockCount()).toBe(before);
        await sell(sold?.id, quantity);
      }
      expect(await lowStockCount()).toBe(before + 1);
      await running.settled();
      await sell(sold?.id, 1);
      expect(isHit(await watched(async () => expect(await lowStockCount()).toBe(before + 1)))).toBe(true);
    }));

  it('what was looked up in vain is found once it is there: by id, in lists and in counts', async () => {
    const [downtown] = DEMO_TENANTS;
    const tenantId = downtown?.id ?? '';
    const id = randomUUID();
    const [category] = await categories();
    const categoryId = category?.id ?? '';
    const before = await list(categoryId);
    const product = await running.app.database.read('platform', async (db) => {
      const offered = db.select({ id: schema.medicines.productId }).from(schema.medicines).where(eq(schema.medicines.tenantId, tenantId));
      const taken = new Set((await offered).map((row) => row.id));
      return (await db.select({ id: schema.products.id, groupId: schema.products.groupId }).from(schema.products)).find((row) => !taken.has(row.id));
    });
    const ofGroup = async (): Promise<readonly string[]> => {
      const query = 'query ($id: ID!) { medicineGroup(id: $id) { medicines { id } } }';
      const data = await running.client.data<{ medicineGroup: { medicines: { id: string }[] } }>(query, { ...here, variables: { id: product?.groupId } });
      return data.medicineGroup.medicines.map((medicine) => medicine.id);
    };
    const stock = async (): Promise<unknown> =>
      (await running.client.data<{ stock: unknown }>('query ($id: ID!) { stock(medicineId: $id) { quantity } }', { token: staff, variables: { id } })).stock;
    expect(await detail(id)).toBeNull();
    expect(await stock()).toBeNull();
    expect(await ofGroup()).not.toContain(id);
    await running.settled();

    await running.change(async (tx) => {
      await tx.insert(schema.medicines).values({ id, tenantId, categoryId, productId: product?.id ?? '', name: 'Newly there', priceMinor: 100 });
    });
    expect(await detail(id)).toMatchObject({ name: 'Newly there' });
    expect(await stock()).toBeNull();
    expect(await ofGroup()).toContain(id);
    const after = await list(categoryId);
    expect(after.totalCount).toBe(before.totalCount + 1);
    expect((await categories()).find((one) => one.id === categoryId)?.medicineCount).toBe((category?.medicineCount ?? 0) + 1);

    await running.change((tx) => tx.insert(schema.stockLevels).values({ medicineId: id, tenantId, quantity: 7, reorderLevel: 1 }));
    expect(await stock()).toEqual({ quantity: 7 });

    await running.change((tx) => tx.delete(schema.medicines).where(eq(schema.medicines.id, id)));
    expect(await detail(id)).toBeNull();
    expect(await stock()).toBeNull();
    expect(await list(categoryId)).toEqual(before);
  });

  it('a category that is renamed: in every language', async () => {
    const [category] = await categories();
    const { names } = await running.change(async (tx) => {
      const [row] = await tx.select().from(schema.categories).where(eq(schema.categories.id, category?.id ?? ''));
      await tx.update(schema.categories).set({ names: { en: 'Renamed', fr: 'Renommé' } }).where(eq(schema.categories.id, category?.id ?? ''));
      return row ?? { names: {} };
    });
    const shown = async (language: string): Promise<readonly string[]> =>
      (await running.client.data<{ categories: { name: string }[] }>('{ categories { name } }', { ...here, language })).categories.map(({ name }) => name);
    expect(await shown('en')).toContain('Renamed');
    expect(await shown('fr')).toContain('Renommé');
    await running.change((tx) => tx.update(schema.categories).set({ names }).where(eq(schema.categories.id, category?.id ?? '')));
    expect(await shown('en')).not.toContain('Renamed');
  });

  it('a transaction that fails leaves everything as it is, also in the cache', () =>
    running.whileTrusted(async () => {
      const { nodes } = await list();
      await running.settled();
      const position = running.app.cache.ledger.position;
      const failing = running.change(async (tx) => {
        await tx.update(schema.medicines).set({ priceMinor: 1 }).where(eq(schema.medicines.id, nodes[0]?.id ?? ''));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      const wrong = await running.client.request(UPDATE, { token: admin, variables: { input: { id: nodes[0]?.id, categoryId: randomUUID(), priceAmount: 1 } } });
      expect(wrong.codes).toEqual(['NOT_FOUND']);
      expect(running.app.cache.ledger.position).toBe(position);
      expect(isHit(await watched(async () => expect((await list()).nodes).toEqual(nodes)))).toBe(true);
    }));
});
