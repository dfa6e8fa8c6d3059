import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import type { RequestOptions } from '../support/client.js';
import { decisionsDuring } from '../support/decisions.js';

interface Category {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly medicineCount: number;
}

interface Page {
  readonly medicines: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string; readonly name: string; readonly category: { readonly id: string } } }[];
  };
}

const CATEGORIES = 'query ($language: String) { categories(language: $language) { id slug name medicineCount } }';
const PAGE = `
  query ($categoryId: ID, $search: String, $first: Int, $after: String) {
    medicines(categoryId: $categoryId, search: $search, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { id name category { id } } }
    }
  }`;
const MEDICINE = `
  query ($id: ID!) {
    medicine(id: $id) {
      id name rank discontinued updatedAt inStock
      price { amount currency }
      category { slug name }
      product { id tradeName }
    }
  }`;
const UPDATE = `
  mutation ($input: UpdateMedicineInput!) {
    updateMedicine(input: $input) { id name discontinued updatedAt price { amount currency } category { id } }
  }`;

describe.each(backends)('what a tenant offers, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  const categories = async (options: RequestOptions = {}): Promise<readonly Category[]> =>
    (await running.client.data<{ categories: Category[] }>(CATEGORIES, { tenant: 'downtown', ...options })).categories;

  const page = async (variables: Record<string, unknown> = {}, options: RequestOptions = {}): Promise<Page['medicines']> =>
    (await running.client.data<Page>(PAGE, { tenant: 'downtown', variables, ...options })).medicines;

  const biggest = async (): Promise<Category> => {
    const [first] = [...(await categories())].sort((a, b) => b.medicineCount - a.medicineCount);
    if (first === undefined) throw new Error('there are no categories');
    return first;
  };

  describe('the language of names', () => {
    const eyeCare = async (options: RequestOptions): Promise<string | undefined> =>
      (await categories(options)).find(({ slug }) => slug === 'eye-care')?.name;

    it.each([
      ['the default of the tenant', {}, 'Eye care'],
      ['the default of another tenant', { tenant: 'riverside' }, 'Augenpräparate'],
      ['the best that the client accepts and the tenant has', { language: 'de, fr-CA;q=0.9, en;q=0.5' }, 'Soins des yeux'],
      ['the default when the tenant has none of the accepted', { language: 'it, es;q=0.5' }, 'Eye care'],
      ['the default when the client takes any', { language: '*' }, 'Eye care'],
      ['the argument, whatever the client accepts', { variables: { language: 'en' }, language: 'fr' }, 'Eye care'],
      ['the argument by its primary subtag', { variables: { language: 'FR-ca' } }, 'Soins des yeux'],
    ] satisfies [string, RequestOptions, string][])('is %s', async (_, options, name) => {
      expect(await eyeCare(options)).toBe(name);
    });

    it('can be another one for a single field', async () => {
      const query = '{ categories { name inEnglish: name(language: "en") } }';
      const { categories: found } = await running.client.data<{ categories: { name: string; inEnglish: string }[] }>(query, { tenant: 'riverside' });
      expect(found).toContainEqual({ name: 'Augenpräparate', inEnglish: 'Eye care' });
    });

    it('is in the key once it is resolved: ways of asking that mean the same share an entry', async () => {
      const keysOf = async (options: RequestOptions): Promise<readonly string[]> => {
        const { events } = await decisionsDuring(running.app.cache, () => eyeCare(options));
        const asked = events.flatMap((event) => (event.type === 'hit' || event.type === 'miss' ? [event.of] : []));
        return asked.filter(({ subject }) => subject.layer === 'response' && subject.name === 'Query.categories').map(({ key }) => key);
      };
      const [french] = await keysOf({ language: 'fr' });
      const [english] = await keysOf({ language: 'en' });
      expect(french).not.toBe(english);
      expect(await keysOf({ language: 'fr-CA, en;q=0.5' })).toEqual([french]);
      expect(await keysOf({ language: 'it' })).toEqual([english]);
    });

    it('is refused when the argument names one that the tenant has not', async () => {
      const { codes, errors } = await running.client.request(CATEGORIES, { tenant: 'downtown', variables: { language: 'de' } });
      expect(codes).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]?.message).toContain('en, fr');
    });
  });

  describe('pages of medicines', () => {
    it('have 20 rows when nobody says how many', async () => {
      const found = await page();
      expect(found.edges).toHaveLength(20);
      expect(found.totalCount).toBe(400);
      expect(found.pageInfo).toEqual({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: found.edges[0]?.cursor,
        endCursor: found.edges.at(-1)?.cursor,
      });
    });

    it('lead through a category from its first medicine to its last, each once, in the order of their names', async () => {
      const category = await biggest();
      const seen: { id: string; name: string; category: { id: string } }[] = [];
      let after: string | null = null;
      do {
        const found: Page['medicines'] = await page({ categoryId: category.id, first: 7, after });
        expect(found.totalCount).toBe(category.medicineCount);
        expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
        seen.push(...found.edges.map(({ node }) => node));
        after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toHaveLength(category.medicineCount);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      expect(new Set(seen.map(({ category: { id } }) => id))).toEqual(new Set([category.id]));
      expect(seen.map(({ name }) => name)).toEqual(seen.map(({ name }) => name).sort());
    });

    it('continue after any row, not only after the last of a page', async () => {
      const whole = await page({ first: 10 });
      const rest = await page({ first: 5, after: whole.edges[4]?.cursor });
      expect(rest.edges.map(({ node }) => node.id)).toEqual(whole.edges.slice(5).map(({ node }) => node.id));
    });

    it('hold what a search finds, in any case, with the total of the search', async () => {
      const name = (await page({ first: 1 })).edges[0]?.node.name ?? '';
      const part = name.slice(0, 4);
      const found = await page({ search: `  ${part.toUpperCase()} `, first: 200 });
      expect(found.totalCount).toBe(found.edges.length);
      expect(found.edges.map(({ node }) => node.name)).toContain(name);
      for (const { node } of found.edges) expect(node.name.toLowerCase()).toContain(part.toLowerCase());
    });

    it('take what is a pattern elsewhere as it stands', async () => {
      const all = await page({ first: 200, search: '%' });
      for (const { node } of all.edges) expect(node.name).toContain('%');
      expect((await page({ search: '_' })).totalCount).toBe(0);
      expect((await page({ search: '\\' })).totalCount).toBe(0);
    });

    it('are all there when the search is empty', async () => {
      expect((await page({ search: '   ' })).totalCount).toBe(400);
    });

    it('are empty for a category that nobody has', async () => {
      const found = await page({ categoryId: '00000000-0000-4000-8000-000000000000' });
      expect(found).toEqual({
        totalCount: 0,
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      });
    });

    it.each([
      [{ first: 0 }, 'BAD_USER_INPUT'],
      [{ first: 201 }, 'BAD_USER_INPUT'],
      [{ categoryId: 'eye-care' }, 'BAD_USER_INPUT'],
      [{ search: 'x'.repeat(101) }, 'BAD_USER_INPUT'],
      [{ search: 'a\u0000b' }, 'BAD_USER_INPUT', null],
      [{ after: 'somewhere' }, 'CURSOR_INVALID'],
      [{ after: Buffer.from('["A","no id"]').toString('base64url') }, 'CURSOR_INVALID'],
    ] satisfies [object, string, null?][])('are refused for %j with %s', async (variables, code, whole: object | null = { medicines: null }) => {
      const { codes, data } = await running.client.request(PAGE, { tenant: 'downtown', variables });
      expect(codes).toEqual([code]);
      expect(data).toEqual(whole);
    });
  });

  it('the most wanted come in the order of their rank', async () => {
    const query = 'query ($first: Int) { topMedicines(first: $first) { rank } }';
    const ranks = async (first?: number): Promise<number[]> => {
      const data = await running.client.data<{ topMedicines: { rank: number }[] }>(query, { tenant: 'downtown', variables: { first } });
      return data.topMedicines.map(({ rank }) => rank);
    };
    expect(await ranks(3)).toEqual([1, 2, 3]);
    expect(await ranks()).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect((await running.client.request(query, { tenant: 'downtown', variables: { first: 201 } })).codes).toEqual(['BAD_USER_INPUT']);
  });

  describe('one medicine', () => {
    const any = async (at = 0): Promise<string> => (await page({ first: at + 1 })).edges[at]?.node.id ?? '';

    it('comes with its price in the currency of the tenant, its category and its product', async () => {
      const id = await any();
      const { medicine } = await running.client.data<{ medicine: Record<string, unknown> }>(MEDICINE, { tenant: 'downtown', variables: { id } });
      expect(medicine).toMatchObject({
        id,
        discontinued: false,
        inStock: expect.any(Boolean) as boolean,
        price: { amount: expect.any(Number) as number, currency: 'USD' },
        product: { id: expect.stringMatching(/^[AN]\d{9}$/) as string },
      });
      expect(new Date(medicine['updatedAt'] as string).toISOString()).toBe(medicine['updatedAt']);
      const upper = await running.client.data<{ medicine: unknown }>(MEDICINE, { tenant: 'downtown', variables: { id: id.toUpperCase() } });
      expect(upper.medicine).toEqual(medicine);
    });

    it.each(['00000000-0000-4000-8000-000000000000', 'no id at all', ''])('is null for the id "%s"', async (id) => {
      expect(await running.client.data(MEDICINE, { tenant: 'downtown', variables: { id } })).toEqual({ medicine: null });
    });

    it('is changed by an administrator, in what was given and nothing else', async () => {
      const token = await running.client.token('admin@downtown.example');
      const id = await any(1);
      const before = await running.client.data<{ medicine: { name: string; category: unknown; updatedAt: string } }>(MEDICINE, { tenant: 'downtown', variables: { id } });
      const input = { id, priceAmount: 1_234 };
      const { updateMedicine } = await running.client.data<{ updateMedicine: { updatedAt: string } }>(UPDATE, { tenant: 'downtown', token, variables: { input } });
      expect(updateMedicine).toMatchObject({ id, name: before.medicine.name, price: { amount: 1_234, currency: 'USD' } });
      expect(Date.parse(updateMedicine.updatedAt)).toBeGreaterThan(Date.parse(before.medicine.updatedAt));
      const after = await running.client.data<{ medicine: object }>(MEDICINE, { tenant: 'downtown', variables: { id } });
      expect(after.medicine).toEqual({ ...before.medicine, price: { amount: 1_234, currency: 'USD' }, updatedAt: updateMedicine.updatedAt });
    });

    it('leaves every list when it is discontinued, and comes back', async () => {
      const token = await running.client.token('admin@downtown.example');
      const id = await any(2);
      const update = (discontinued: boolean) => running.client.data(UPDATE, { tenant: 'downtown', token, variables: { input: { id, discontinued } } });
      await update(true);
      expect((await page()).totalCount).toBe(399);
      expect((await page()).edges.map(({ node }) => node.id)).not.toContain(id);
      expect(await running.client.data(MEDICINE, { tenant: 'downtown', variables: { id } })).toMatchObject({ medicine: { discontinued: true } });
      await update(false);
      expect((await page()).edges.map(({ node }) => node.id)).toContain(id);
    });

    it.each([
      ['an id that the tenant has not', { id: '00000000-0000-4000-8000-000000000000', priceAmount: 1 }, 'NOT_FOUND'],
      ['a category that the tenant has not', { categoryId: '00000000-0000-4000-8000-000000000000' }, 'NOT_FOUND'],
      ['a text that is no category', { categoryId: 'eye-care' }, 'BAD_USER_INPUT'],
      ['a negative price', { priceAmount: -1 }, 'BAD_USER_INPUT'],
      ['an empty name', { name: '  ' }, 'BAD_USER_INPUT'],
      ['a name with control characters', { name: 'a\nb' }, 'BAD_USER_INPUT'],
      ['null for what cannot be null', { name: null }, 'BAD_USER_INPUT'],
    ])('is not changed for %s', async (_, wrong, code) => {
      const token = await running.client.token('admin@downtown.example');
      const id = await any(3);
      const before = await running.client.data(MEDICINE, { tenant: 'downtown', variables: { id } });
      const { codes, data } = await running.client.request(UPDATE, { tenant: 'downtown', token, variables: { input: { id, ...wrong } } });
      expect(codes).toEqual([code]);
      expect(data).toBeNull();
      expect(await running.client.data(MEDICINE, { tenant: 'downtown', variables: { id } })).toEqual(before);
    });
  });
});
