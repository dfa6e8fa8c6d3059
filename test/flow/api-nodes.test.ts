import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import { print } from '../support/print.js';

const NODE = 'query ($id: ID!) { node(id: $id) { __typename id ... on Medicine { name price { currency } } ... on Category { name } ... on Product { tradeName } ... on MedicineGroup { tradeName } ... on Tenant { slug } } }';
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
const ANY = '{ topMedicines(first: 50) { id name category { id name } product { id tradeName group { id tradeName } } } tenant { id slug } }';

interface Any {
  readonly topMedicines: readonly {
    readonly id: string;
    readonly name: string;
    readonly category: { readonly id: string; readonly name: string };
    readonly product: { readonly id: string; readonly tradeName: string; readonly group: { readonly id: string; readonly tradeName: string } };
  }[];
  readonly tenant: { readonly id: string; readonly slug: string };
}

describe.each(backends)('things by their id alone, on $name', (backend) => {
  let running: Running;
  let any: Any;
  beforeAll(async () => {
    running = await backend.start({ env: { CACHE_DIVERGENCE_SHARE: '0' } });
    any = await running.client.data<Any>(ANY, { tenant: 'downtown' });
  });
  afterAll(() => running.close());

  const node = async (id: string, tenant: string | undefined = 'downtown'): Promise<unknown> =>
    (await running.client.data<{ node: unknown }>(NODE, { tenant, variables: { id } })).node;

  it('are found whatever they are, by the id that their own field gives', async () => {
    const [medicine] = any.topMedicines;
    if (medicine === undefined) throw new Error('there are no medicines');
    const { category, product } = medicine;
    expect(await node(medicine.id)).toEqual({ __typename: 'Medicine', id: medicine.id, name: medicine.name, price: { currency: 'USD' } });
    expect(await node(category.id)).toEqual({ __typename: 'Category', ...category });
    expect(await node(product.id)).toEqual({ __typename: 'Product', id: product.id, tradeName: product.tradeName });
    expect(await node(product.group.id)).toEqual({ __typename: 'MedicineGroup', ...product.group });
    expect(await node(any.tenant.id)).toEqual({ __typename: 'Tenant', ...any.tenant });
  });

  it.each(['', 'nothing', '00000000-0000-4000-8000-000000000000', 'N999999999', 'TWVkaWNpbmU6MQ'])('are null for %j', async (id) => {
    expect(await node(id)).toBeNull();
  });

  it('are those of the tenant of the request, and what all tenants share', async () => {
    const [medicine] = any.topMedicines;
    expect(await node(medicine?.id ?? '', 'riverside')).toBeNull();
    expect(await node(medicine?.category.id ?? '', 'riverside')).toBeNull();
    expect(await node(any.tenant.id, 'riverside')).toBeNull();
    expect(await node(medicine?.product.id ?? '', 'riverside')).toMatchObject({ __typename: 'Product' });
    expect((await running.client.data<{ node: unknown }>(NODE, { variables: { id: medicine?.id } })).node).toBeNull();
    expect((await running.client.data<{ node: unknown }>(NODE, { variables: { id: medicine?.product.id } })).node).toMatchObject({ __typename: 'Product' });
  });

  it('come in the order of their ids, in few statements, and the second time in none', async () => {
    const ids = any.topMedicines.flatMap(({ id, category, product }) => [id, 'nothing', category.id, product.id, product.group.id]).slice(0, 200);
    const ask = () => running.client.data<{ nodes: ({ id: string } | null)[] }>(NODES, { tenant: 'downtown', variables: { ids } });
    await running.settled();
    const cold = await running.statements.during(async () => {
      expect((await ask()).nodes.map((found) => found?.id ?? 'nothing')).toEqual(ids);
    });
    expect(cold.selects.length).toBeLessThanOrEqual(4);
    print(`nodes(${ids.length} ids): ${cold.selects.length} SELECTs cold`);
    await running.settled();
    expect((await running.statements.during(ask)).selects).toEqual([]);
    const { codes } = await running.client.request(NODES, { tenant: 'downtown', variables: { ids: Array.from({ length: 201 }, () => 'x') } });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it('are as new as what has changed them', async () => {
    const token = await running.client.token('admin@downtown.example');
    const id = any.topMedicines[1]?.id ?? '';
    await node(id);
    await running.client.data('mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }', {
      tenant: 'downtown',
      token,
      variables: { input: { id, name: 'Renamed' } },
    });
    expect(await node(id)).toMatchObject({ name: 'Renamed' });
  });
});
