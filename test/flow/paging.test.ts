import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema as tables } from '../../src/database/schema.js';
import { backends, type Running } from '../support/backends.js';

const MEDICINES = 3_000;
const PER_PAGE = 150;
const { categories, medicines, products, tenants } = tables;

const PAGE = `
  query ($after: String) {
    medicines(first: ${PER_PAGE}, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id name } } }
  }`;
const CREATE = 'mutation ($input: CreateMedicineInput!) { createMedicine(input: $input) { id } }';
const DISCONTINUE = 'mutation ($id: ID!) { discontinueMedicine(id: $id) { id } }';

interface Page {
  readonly medicines: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
  };
}

describe.each(backends)('walking a list while it changes, on $name', (backend) => {
  let running: Running;
  let token: string;
  let categoryId: string;
  /** Products that the tenant does not offer yet. */
  let spare: string[];

  beforeAll(async () => {
    running = await backend.start();
    token = await running.client.signIn('platform@larder.example');
    ({ categoryId, spare } = await running.change(async (tx) => {
      const tenant = { slug: 'walked', name: 'Walked', languages: ['en'], defaultLanguage: 'en', currency: 'USD' };
      const [{ tenantId } = { tenantId: '' }] = await tx.insert(tenants).values(tenant).returning({ tenantId: tenants.id });
      const [category] = await tx
        .insert(categories)
        .values({ tenantId, slug: 'all', names: { en: 'All' } })
        .returning({ categoryId: categories.id });
      const known = await tx.select({ id: products.id }).from(products).orderBy(asc(products.id));
      const ids = known.map(({ id }) => id);
      // Few names for many rows: the id has to tell them apart, also at the borders of pages.
      const rows = ids.slice(0, MEDICINES).map((productId, at) => ({ tenantId, categoryId: category?.categoryId ?? '', productId, name: `Name ${at % 40}`, priceMinor: 100 }));
      for (let at = 0; at < rows.length; at += 500) await tx.insert(medicines).values(rows.slice(at, at + 500));
      return { categoryId: category?.categoryId ?? '', spare: ids.slice(MEDICINES) };
    }));
  });
  afterAll(() => running.close());

  const page = async (after: string | null): Promise<Page['medicines']> =>
    (await running.client.data<Page>(PAGE, { tenant: 'walked', variables: { after } })).medicines;

  async function walk(between: (seen: readonly string[]) => Promise<unknown> = () => Promise.resolve()): Promise<readonly string[]> {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo } = await page(after);
      seen.push(...edges.map(({ node }) => node.id));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
      if (more) await between(seen);
    }
    return seen;
  }

  const offered = (): Promise<readonly string[]> =>
    running.app.database.read('platform', async (db) => {
      const rows = await db.select({ id: medicines.id }).from(medicines).where(sql`${medicines.categoryId} = ${categoryId} and ${medicines.discontinuedAt} is null`);
      return rows.map(({ id }) => id);
    });

  it('finds each of 3,000 once', async () => {
    const seen = await walk();
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(seen)).toEqual(new Set(await offered()));
    expect(seen).toHaveLength(MEDICINES);
  });

  it.each(['cold', 'warm'])('finds none twice and misses none that stayed, while others come and go; %s', async (state) => {
    // Warm, every page was stored before the changes began.
    if (state === 'warm') await walk();
    const before = await offered();
    const isGone = new Set<string>();
    let turn = 0;

    const take = (from: readonly string[]): string => {
      const left = from.filter((id) => !isGone.has(id));
      const id = left[(turn * 7919) % left.length] as string;
      isGone.add(id);
      return id;
    };
    const asAdmin = (query: string, variables: object): Promise<unknown> => running.client.data(query, { tenant: 'walked', token, variables: { ...variables } });
    const create = (): Promise<unknown> => asAdmin(CREATE, { input: { productId: spare.pop(), categoryId, priceAmount: 1, name: `Name ${(turn * 13) % 40}` } });

    const seen = await walk(async (sofar) => {
      turn += 1;
      const here = new Set(sofar);
      const ahead = before.filter((id) => !here.has(id));
      // The last row of the page is what the next page's cursor stands on.
      const standing = sofar.at(-1) as string;
      if (turn % 3 === 0) isGone.add(standing);
      await Promise.all([
        create(),
        create(),
        asAdmin(DISCONTINUE, { id: take(ahead) }),
        asAdmin(DISCONTINUE, { id: take(sofar.filter((id) => before.includes(id))) }),
      ]);
      const deleted = take(ahead);
      await running.change(async (tx) => {
        await tx.delete(medicines).where(eq(medicines.id, deleted));
        if (turn % 3 === 0) await tx.delete(medicines).where(eq(medicines.id, standing));
      });
    });

    expect(turn).toBeGreaterThan(15);
    expect(new Set(seen).size).toBe(seen.length);
    const found = new Set(seen);
    const stayed = before.filter((id) => !isGone.has(id));
    expect(stayed.length).toBeGreaterThan(2_500);
    expect(stayed.filter((id) => !found.has(id))).toEqual([]);
  });
});
