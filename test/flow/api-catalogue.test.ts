import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';

interface Product {
  readonly id: string;
  readonly tradeName: string;
  readonly ingredients: readonly string[];
  readonly marketingStatus: string;
  readonly approvalDate: string | null;
  readonly approvedBefore1982: boolean;
  readonly group: { readonly id: string; readonly tradeName: string };
}

interface Connection<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: Node }[];
}

const PRODUCT = 'id tradeName strength dosageForm route manufacturer manufacturerFullName ingredients marketingStatus approvalDate approvedBefore1982 group { id tradeName }';
const CATALOGUE = `
  query ($search: String, $first: Int, $after: String) {
    catalogue(search: $search, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { ${PRODUCT} } } }
  }`;
const GROUPS = `
  query ($search: String, $first: Int, $after: String) {
    medicineGroups(search: $search, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id tradeName } } }
  }`;
const GROUP = 'query ($id: ID!) { medicineGroup(id: $id) { id tradeName variants { id tradeName group { id } } } }';
const OFFERED = 'query ($id: ID!) { medicineGroup(id: $id) { medicines { id product { id } price { currency } } } }';

describe.each(backends)('the catalogue that all tenants share, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { CACHE_DIVERGENCE_SHARE: '0' } });
  });
  afterAll(() => running.close());

  const catalogue = async (variables: Record<string, unknown> = {}, tenant?: string): Promise<Connection<Product>> =>
    (await running.client.data<{ catalogue: Connection<Product> }>(CATALOGUE, { variables, tenant })).catalogue;
  const groups = async (variables: Record<string, unknown> = {}): Promise<Connection<{ id: string; tradeName: string }>> =>
    (await running.client.data<{ medicineGroups: Connection<{ id: string; tradeName: string }> }>(GROUPS, { variables })).medicineGroups;

  it('is there without a tenant, and the same for each', async () => {
    const forNobody = await catalogue();
    expect(forNobody.edges).toHaveLength(20);
    expect(forNobody.totalCount).toBe(4_000);
    expect(await catalogue({}, 'downtown')).toEqual(forNobody);
    expect(await catalogue({}, 'riverside')).toEqual(forNobody);
  });

  it('is read for one tenant from what was cached for another', () =>
    running.whileTrusted(async () => {
      await catalogue({ first: 9 }, 'downtown');
      await running.client.data('{ tenant { slug } }', { tenant: 'riverside' });
      await running.settled();
      const sent = await running.statements.during(() => catalogue({ first: 9 }, 'riverside'));
      expect(sent.selects).toEqual([]);
    }));

  it('lists products by trade name, page by page', async () => {
    const whole = await catalogue({ first: 60 });
    const names = whole.edges.map(({ node }) => node.tradeName);
    expect(names).toEqual([...names].sort());
    const first = await catalogue({ first: 30 });
    const second = await catalogue({ first: 30, after: first.pageInfo.endCursor });
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(whole.edges.map(({ node }) => node.id));
  });

  it('is searched by trade name and by ingredient', async () => {
    const [any] = (await catalogue({ first: 1 })).edges;
    const ingredient = any?.node.ingredients[0] ?? '';
    const found = await catalogue({ search: ingredient.toLowerCase(), first: 200 });
    expect(found.totalCount).toBeGreaterThan(0);
    for (const { node } of found.edges.slice(0, 200)) {
      expect([node.tradeName, ...node.ingredients].some((text) => text.includes(ingredient)), node.id).toBe(true);
    }
    expect((await catalogue({ search: 'no such thing' })).totalCount).toBe(0);
  });

  it('gives one product by its id', async () => {
    const [listed] = (await catalogue({ first: 1 })).edges;
    const query = `query ($id: ID!) { product(id: $id) { ${PRODUCT} } }`;
    expect(await running.client.data(query, { variables: { id: listed?.node.id } })).toEqual({ product: listed?.node });
    for (const id of ['N000000000', 'nothing', '']) expect(await running.client.data(query, { variables: { id } })).toEqual({ product: null });
  });

  it('groups products by trade name', async () => {
    const found = await groups({ first: 50 });
    const names = found.edges.map(({ node }) => node.tradeName);
    expect(names).toEqual([...new Set(names)].sort());
    const [any] = (await catalogue({ first: 1 })).edges;
    const { id = '', tradeName = '' } = any?.node.group ?? {};
    const { medicineGroup } = await running.client.data<{ medicineGroup: { variants: { id: string; tradeName: string; group: { id: string } }[] } }>(GROUP, { variables: { id } });
    expect(medicineGroup.variants.map((variant) => variant.id)).toContain(any?.node.id);
    for (const variant of medicineGroup.variants) expect(variant).toMatchObject({ tradeName, group: { id } });
    expect((await groups({ search: tradeName.toLowerCase() })).edges.map(({ node }) => node.id)).toContain(id);
    expect(await running.client.data(GROUP, { variables: { id: '00000000-0000-4000-8000-000000000000' } })).toEqual({ medicineGroup: null });
  });

  it('knows which of a group the tenant offers, and each tenant its own', async () => {
    const listed = await running.client.data<{ medicines: { edges: { node: { id: string; product: { id: string; group: { id: string } } } }[] } }>(
      '{ medicines(first: 1) { edges { node { id product { id group { id } } } } } }',
      { tenant: 'downtown' },
    );
    const node = listed.medicines.edges[0]?.node;
    const offered = async (tenant: string) => {
      const data = await running.client.data<{ medicineGroup: { medicines: { id: string; price: { currency: string } }[] } }>(OFFERED, {
        tenant,
        variables: { id: node?.product.group.id },
      });
      return data.medicineGroup.medicines;
    };
    const downtown = await offered('downtown');
    expect(downtown.map(({ id }) => id)).toContain(node?.id);
    expect(new Set(downtown.map(({ price }) => price.currency))).toEqual(new Set(['USD']));
    const riverside = await offered('riverside');
    expect(riverside.map(({ id }) => id)).not.toContain(node?.id);
    const { codes } = await running.client.request(OFFERED, { variables: { id: node?.product.group.id } });
    expect(codes).toEqual(['TENANT_REQUIRED']);
  });

  it.each([
    [{ first: 0 }, 'BAD_USER_INPUT'],
    [{ first: 201 }, 'BAD_USER_INPUT'],
    [{ after: 'somewhere' }, 'CURSOR_INVALID'],
    [{ search: 'x'.repeat(101) }, 'BAD_USER_INPUT'],
  ])('is refused for %j with %s', async (variables, code) => {
    expect((await running.client.request(CATALOGUE, { variables })).codes).toEqual([code]);
    expect((await running.client.request(GROUPS, { variables })).codes).toEqual([code]);
  });
});
