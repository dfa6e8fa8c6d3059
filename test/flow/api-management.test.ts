import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';

const CATEGORIES = '{ categories { id slug name sortOrder medicineCount names { language text } } }';
const CREATE_CATEGORY = 'mutation ($input: CreateCategoryInput!) { createCategory(input: $input) { id slug name sortOrder names { language text } } }';
const UPDATE_CATEGORY = 'mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { id slug name sortOrder } }';
const DELETE_CATEGORY = 'mutation ($id: ID!) { deleteCategory(id: $id) { deletedId } }';
const CREATE = 'mutation ($input: CreateMedicineInput!) { createMedicine(input: $input) { id name price { amount } discontinued stock { quantity reorderLevel low } category { id } product { id } } }';
const UPDATE = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { discontinued } }';
const DISCONTINUE = 'mutation ($id: ID!) { discontinueMedicine(id: $id) { id discontinued } }';
const SHIP = 'mutation ($input: ReceiveShipmentInput!) { receiveShipment(input: $input) { items { quantity medicine { id } stock { quantity } } } }';
const STOCK = 'query ($medicineId: ID!) { stock(medicineId: $medicineId) { quantity } }';
const MAX_INT = 2_147_483_647;
const NOBODY = '00000000-0000-4000-8000-000000000000';

interface Category {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly sortOrder: number;
  readonly medicineCount: number;
}

interface Made {
  readonly createMedicine: { readonly id: string; readonly name: string };
}

describe.each(backends)('what an admin changes in the assortment, on $name', (backend) => {
  let running: Running;
  let admin: string;
  let staff: string;
  let spare: { id: string; tradeName: string; strength: string }[];
  beforeAll(async () => {
    // It looks through the catalogue in one query.
    running = await backend.start({ env: { LIMIT_COST: '1000000000' } });
    admin = await running.client.signIn('admin@downtown.example');
    staff = await running.client.signIn('staff@downtown.example');
    const query = '{ medicineGroups(first: 200) { edges { node { medicines { product { id } } variants { id tradeName strength } } } } }';
    interface Groups {
      readonly medicineGroups: { readonly edges: readonly { readonly node: { readonly medicines: readonly { readonly product: { readonly id: string } }[]; readonly variants: typeof spare } }[] };
    }
    const { medicineGroups } = await running.client.data<Groups>(query, { tenant: 'downtown' });
    spare = medicineGroups.edges.flatMap(({ node }) => node.variants.filter(({ id }) => !node.medicines.some(({ product }) => product.id === id)));
  });
  afterAll(() => running.close());

  const asAdmin = <Data = unknown>(query: string, variables: object = {}): Promise<Data> =>
    running.client.data<Data>(query, { tenant: 'downtown', token: admin, variables: { ...variables } });
  const refusal = (query: string, variables: object) => running.client.request(query, { tenant: 'downtown', token: admin, variables: { ...variables } });
  const codes = async (query: string, variables: object): Promise<readonly string[]> => (await refusal(query, variables)).codes;
  const categories = async (): Promise<readonly Category[]> => (await running.client.data<{ categories: Category[] }>(CATEGORIES, { tenant: 'downtown' })).categories;
  const quantity = async (medicineId: string): Promise<number | undefined> =>
    (await running.client.data<{ stock: { quantity: number } | null }>(STOCK, { tenant: 'downtown', token: staff, variables: { medicineId } })).stock?.quantity;
  const product = (): { id: string; tradeName: string; strength: string } => {
    const next = spare.pop();
    if (next === undefined) throw new Error('every product is offered');
    return next;
  };
  const newCategory = async (slug: string): Promise<string> =>
    (await asAdmin<{ createCategory: Category }>(CREATE_CATEGORY, { input: { slug, names: [{ language: 'en', text: slug }] } })).createCategory.id;
  const newMedicine = async (categoryId?: string): Promise<string> => {
    const input = { productId: product().id, categoryId: categoryId ?? (await categories())[0]?.id, priceAmount: 1 };
    return (await asAdmin<Made>(CREATE, { input })).createMedicine.id;
  };

  describe('categories', () => {
    it('are created with names by language, changed, and deleted when they are empty', async () => {
      const names = [
        { language: 'FR', text: ' Plantes ' },
        { language: 'en', text: 'Herbs' },
      ];
      const { createCategory } = await asAdmin<{ createCategory: Category }>(CREATE_CATEGORY, { input: { slug: 'herbs', names, sortOrder: -1 } });
      const { id } = createCategory;
      expect(createCategory).toMatchObject({ slug: 'herbs', name: 'Herbs', sortOrder: -1, names: [{ language: 'en', text: 'Herbs' }, { language: 'fr', text: 'Plantes' }] });
      expect((await categories())[0]).toMatchObject({ id, medicineCount: 0 });

      expect(await asAdmin(UPDATE_CATEGORY, { input: { id, slug: 'plants', sortOrder: MAX_INT } })).toMatchObject({ updateCategory: { slug: 'plants', name: 'Herbs' } });
      expect(await asAdmin(UPDATE_CATEGORY, { input: { id } })).toMatchObject({ updateCategory: { slug: 'plants' } });
      await asAdmin(UPDATE_CATEGORY, { input: { id, names: [{ language: 'en', text: 'Plants' }] } });
      expect((await categories()).at(-1)).toMatchObject({ id, slug: 'plants', name: 'Plants', names: [{ language: 'en', text: 'Plants' }] });

      expect(await asAdmin(DELETE_CATEGORY, { id })).toEqual({ deleteCategory: { deletedId: id } });
      expect((await categories()).map((one) => one.id)).not.toContain(id);
      expect(await codes(DELETE_CATEGORY, { id })).toEqual(['NOT_FOUND']);
      expect(await codes(UPDATE_CATEGORY, { input: { id, slug: 'x' } })).toEqual(['NOT_FOUND']);
    });

    it('are not deleted while medicines are in them, discontinued ones too', async () => {
      const categoryId = await newCategory('in-use');
      const id = await newMedicine(categoryId);
      await asAdmin(DISCONTINUE, { id });
      const { errors } = await refusal(DELETE_CATEGORY, { id: categoryId });
      expect(errors[0]?.extensions).toMatchObject({ code: 'IN_USE', medicines: 1 });
    });

    it('cannot lose a medicine that is put into them at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const categoryId = await newCategory(`raced-${round}`);
        const input = { productId: product().id, categoryId, priceAmount: 1 };
        const [created, deleted] = await Promise.all([codes(CREATE, { input }), codes(DELETE_CATEGORY, { id: categoryId })]);
        expect([[[], ['IN_USE']], [['NOT_FOUND'], []]]).toContainEqual([created, deleted]);
      }
    });

    it.each([
      ['a slug that is taken', { slug: 'eye-care' }, 'ALREADY_EXISTS'],
      ['a slug of another form', { slug: 'Eye care' }, 'BAD_USER_INPUT'],
      ['no names', { names: [] }, 'BAD_USER_INPUT'],
      ['no name in the default language', { names: [{ language: 'fr', text: 'Oui' }] }, 'BAD_USER_INPUT'],
      ['a language that the tenant has not', { names: [{ language: 'en', text: 'a' }, { language: 'de', text: 'b' }] }, 'BAD_USER_INPUT'],
      ['two names in a language', { names: [{ language: 'en', text: 'a' }, { language: 'EN', text: 'b' }] }, 'BAD_USER_INPUT'],
      ['an empty name', { names: [{ language: 'en', text: ' ' }] }, 'BAD_USER_INPUT'],
    ])('are refused with %s', async (_, wrong, code) => {
      expect(await codes(CREATE_CATEGORY, { input: { slug: 'new', names: [{ language: 'en', text: 'New' }], ...wrong } })).toEqual([code]);
      const [first] = (await categories()).filter(({ slug }) => slug !== 'eye-care');
      expect(await codes(UPDATE_CATEGORY, { input: { id: first?.id, ...wrong } })).toEqual([code]);
    });
  });

  describe('medicines', () => {
    it('are taken in from the catalogue, and appear in every list that they belong to', async () => {
      const { id: productId, tradeName, strength } = product();
      const categoryId = await newCategory('taken-in');
      const page = { tenant: 'downtown', variables: { categoryId } };
      const PAGE = 'query ($categoryId: ID) { medicines(categoryId: $categoryId) { totalCount edges { node { id } } } }';
      const OFFERED = `query ($id: ID!) { product(id: $id) { group { medicines { product { id } } } } }`;
      expect(await running.client.data(PAGE, page)).toEqual({ medicines: { totalCount: 0, edges: [] } });
      const isOffered = async (): Promise<boolean> => JSON.stringify(((await running.client.data<{ product: object }>(OFFERED, { tenant: 'downtown', variables: { id: productId } })).product)).includes(productId);
      expect(await isOffered()).toBe(false);

      const { createMedicine } = await asAdmin<Made>(CREATE, { input: { productId, categoryId, priceAmount: 499, reorderLevel: 5 } });
      expect(createMedicine).toMatchObject({
        name: `${tradeName} ${strength}`.trim(),
        price: { amount: 499 },
        discontinued: false,
        stock: { quantity: 0, reorderLevel: 5, low: true },
        category: { id: categoryId },
        product: { id: productId },
      });
      expect(await running.client.data(PAGE, page)).toEqual({ medicines: { totalCount: 1, edges: [{ node: { id: createMedicine.id } }] } });
      expect(await isOffered()).toBe(true);
      expect((await categories()).find(({ id }) => id === categoryId)?.medicineCount).toBe(1);

      expect(await asAdmin(DISCONTINUE, { id: createMedicine.id.toUpperCase() })).toEqual({ discontinueMedicine: { id: createMedicine.id, discontinued: true } });
      expect(await running.client.data(PAGE, page)).toEqual({ medicines: { totalCount: 0, edges: [] } });
      expect(await isOffered()).toBe(false);
      expect(await codes(CREATE, { input: { productId, categoryId, priceAmount: 1 } })).toEqual(['ALREADY_EXISTS']);
      await asAdmin(UPDATE, { input: { id: createMedicine.id, discontinued: false } });
      expect(await isOffered()).toBe(true);
    });

    it.each([
      ['an unknown product', { productId: 'N000000000' }, 'NOT_FOUND'],
      ['what is no product', { productId: 'aspirin' }, 'NOT_FOUND'],
      ['an unknown category', { categoryId: NOBODY }, 'NOT_FOUND'],
      ['what is no category', { categoryId: 'eye-care' }, 'BAD_USER_INPUT'],
      ['a negative price', { priceAmount: -1 }, 'BAD_USER_INPUT'],
      ['an empty name', { name: '' }, 'BAD_USER_INPUT'],
      ['a negative reorder level', { reorderLevel: -1 }, 'BAD_USER_INPUT'],
    ])('are not taken in with %s', async (_, wrong, code) => {
      const input = { productId: spare[0]?.id, categoryId: (await categories())[0]?.id, priceAmount: 1, ...wrong };
      expect(await codes(CREATE, { input })).toEqual([code]);
    });

    it('that nobody has are not discontinued', async () => {
      for (const id of [NOBODY, 'aspirin']) expect(await codes(DISCONTINUE, { id })).toEqual(['NOT_FOUND']);
    });
  });

  describe('shipments', () => {
    const ship = (items: object[], note?: string) => running.client.request(SHIP, { tenant: 'downtown', token: staff, variables: { input: { items, note } } });

    it('add to the stock of each medicine, several lots of one together', async () => {
      const [a, b] = [await newMedicine(), await newMedicine()];
      expect([await quantity(a), await quantity(b)]).toEqual([0, 0]);
      const { data, codes: none } = await ship([{ medicineId: b, quantity: 3 }, { medicineId: a.toUpperCase(), quantity: 10 }, { medicineId: b, quantity: 4 }], 'note 7');
      expect(none).toEqual([]);
      expect(data).toEqual({
        receiveShipment: {
          items: [
            { quantity: 7, medicine: { id: b }, stock: { quantity: 7 } },
            { quantity: 10, medicine: { id: a }, stock: { quantity: 10 } },
          ],
        },
      });
      expect([await quantity(a), await quantity(b)]).toEqual([10, 7]);
    });

    it('come in as a whole or not at all', async () => {
      const [a, b] = [await newMedicine(), await newMedicine()];
      await ship([{ medicineId: b, quantity: MAX_INT }]);
      expect((await ship([{ medicineId: a, quantity: 1 }, { medicineId: NOBODY, quantity: 1 }])).codes).toEqual(['NOT_FOUND']);
      expect((await ship([{ medicineId: a, quantity: 1 }, { medicineId: 'aspirin', quantity: 1 }])).codes).toEqual(['NOT_FOUND']);
      expect((await ship([{ medicineId: a, quantity: 1 }, { medicineId: b, quantity: 1 }])).codes).toEqual(['BAD_USER_INPUT']);
      expect((await ship([{ medicineId: a, quantity: MAX_INT }, { medicineId: a, quantity: 1 }])).codes).toEqual(['BAD_USER_INPUT']);
      expect([await quantity(a), await quantity(b)]).toEqual([0, MAX_INT]);
    });

    it('of nothing are refused, and the reply names what is wrong', async () => {
      const medicineId = await newMedicine();
      expect((await ship([])).codes).toEqual(['BAD_USER_INPUT']);
      const { errors } = await ship([{ medicineId, quantity: 1 }, { medicineId, quantity: 0 }], 'a\nb');
      expect(errors[0]?.message).toContain('`items[1].quantity`: give a whole number from 1 to 2147483647.');
      expect(errors[0]?.extensions['violations']).toEqual([
        { argument: 'items[1].quantity', rule: 'wholeNumber' },
        { argument: 'note', rule: 'text' },
      ]);
    });

    it('of the same medicines at the same time are all counted', async () => {
      const ids = [await newMedicine(), await newMedicine(), await newMedicine()];
      const lines = ids.map((medicineId) => ({ medicineId, quantity: 1 }));
      const replies = await Promise.all(Array.from({ length: 12 }, (_, at) => ship(at % 2 === 0 ? lines : [...lines].reverse())));
      expect(replies.flatMap((reply) => reply.codes)).toEqual([]);
      expect(await Promise.all(ids.map(quantity))).toEqual([12, 12, 12]);
    });
  });
});
