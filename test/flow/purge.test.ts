import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_TENANTS } from '../../src/database/seed/demo-accounts.js';
import { backends, type Running } from '../support/backends.js';

const PURGE = 'mutation ($input: CachePurgeInput!) { cachePurge(input: $input) { tags tables left reached { entries examined } } }';
const TENANT = DEMO_TENANTS.find(({ slug }) => slug === 'downtown')?.id ?? '';

interface Purged {
  readonly cachePurge: {
    readonly tags: readonly string[];
    readonly tables: readonly string[];
    readonly left: readonly string[];
    readonly reached: { readonly entries: number; readonly examined: number } | null;
  };
}

const MEDICINE = 'query ($id: ID!) { medicine(id: $id) { name } }';
const GROUP = 'query ($group: ID!) { medicineGroup(id: $group) { medicines { name } } }';
const LIST = '{ topMedicines(first: 1) { name } }';
const PAGE = '{ medicines(first: 1) { edges { node { name } } } }';

describe.each(backends)('F3: a purge of what no trigger saw is followed by the new value, on $name', (backend) => {
  let running: Running;
  let variables: { id: string; group: string };
  let named = 0;

  beforeAll(async () => {
    // Comparisons with the source would find the unseen change, too.
    running = await backend.start({ env: { CACHE_DIVERGENCE_SHARE: '0' } });
    const { topMedicines } = await running.client.data<{ topMedicines: { id: string; product: { group: { id: string } } }[] }>('{ topMedicines(first: 1) { id product { group { id } } } }', { tenant: 'downtown' });
    variables = { id: topMedicines[0]?.id ?? '', group: topMedicines[0]?.product.group.id ?? '' };
  });
  afterAll(() => running.close());

  const read = async (query: string, token?: string): Promise<string> => {
    const data = await running.client.data<unknown>(query, { tenant: 'downtown', token, variables: query.startsWith('query') ? variables : {} });
    await running.settled();
    return JSON.stringify(data);
  };
  const purge = async (email: string, input: object) => running.client.request<Purged>(PURGE, { tenant: 'downtown', token: await running.client.token(email), variables: { input } });
  /** No trigger fires: as if capture had failed. */
  const changeUnseen = (statement: string): Promise<void> =>
    running.app.database.owner(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(sql.raw(statement));
    });
  const rename = async (): Promise<string> => {
    const name = `!Unseen ${named++}`;
    await changeUnseen(`update medicines set name = '${name}' where id = '${variables.id}'`);
    return name;
  };

  const tag = `t/${TENANT}/medicines/*`;
  it.each<[object, readonly string[]]>([
    [{ field: 'Query.medicine' }, [MEDICINE, LIST, PAGE]],
    [{ field: 'medicine' }, [MEDICINE, LIST, PAGE, GROUP]],
    [{ field: 'Query.medicines' }, [MEDICINE, PAGE]],
    [{ field: 'medicines' }, [MEDICINE, PAGE]],
    [{ field: 'Query.topMedicines' }, [LIST]],
    [{ field: 'topMedicines' }, [LIST]],
    [{ field: 'Query.node' }, [MEDICINE]],
    [{ field: 'MedicineGroup.medicines' }, [GROUP]],
    [{ field: 'medicineOfProduct' }, [GROUP]],
    [{ profile: 'detail' }, [MEDICINE, GROUP]],
    [{ profile: 'list' }, [LIST, PAGE]],
    [{ type: 'Medicine' }, [MEDICINE, LIST, PAGE, GROUP]],
    [{ type: 'medicines' }, [MEDICINE, LIST, PAGE, GROUP]],
    [{ tag }, [MEDICINE, LIST, PAGE, GROUP]],
    [{ tag: `t/${TENANT}/@field/Query.medicine` }, [MEDICINE]],
    [{ tag: 't/@profile/detail' }, [MEDICINE]],
  ])('%j', async (input, queries) => {
    for (const query of queries) await read(query);
    const name = await rename();
    for (const query of queries) expect(await read(query)).not.toContain(name);
    const { codes, data } = await purge('platform@larder.example', input);
    expect(codes).toEqual([]);
    expect(data?.cachePurge.left).toEqual([]);
    for (const query of queries) expect(await read(query)).toContain(name);
  });

  it.each<[object]>([[{ field: 'Query.medicine' }], [{ field: 'Query.node' }], [{ profile: 'detail' }], [{ type: 'Medicine' }], [{ tenant: 'downtown' }]])('%j, by the tenant’s admin', async (input) => {
    await read(MEDICINE);
    const name = await rename();
    expect(await read(MEDICINE)).not.toContain(name);
    expect((await purge('admin@downtown.example', input)).codes).toEqual([]);
    expect(await read(MEDICINE)).toContain(name);
  });

  it('a row: also where a list or another loader holds it', async () => {
    const queries = [MEDICINE, LIST, PAGE, GROUP];
    for (const query of queries) await read(query);
    const name = await rename();
    for (const query of queries) expect(await read(query)).not.toContain(name);
    const { codes, data } = await purge('admin@downtown.example', { entity: { type: 'Medicine', id: variables.id.toUpperCase() } });
    expect(codes).toEqual([]);
    expect(data?.cachePurge.reached?.entries).toBeGreaterThanOrEqual(queries.length);
    for (const query of queries) expect(await read(query)).toContain(name);
  });

  it.each(['entity:medicine:', 'response:Query.medicine:'])('one value by its key, %s…: also what it is made from and what contains it', async (layer) => {
    await purge('platform@larder.example', { everything: true });
    await read(MEDICINE);
    const keys = (await running.dump()).map(({ key }) => key).filter((key) => key.includes(`:${TENANT}:${layer}`));
    const name = await rename();
    expect(await read(MEDICINE)).not.toContain(name);
    for (const key of keys) expect((await purge('admin@downtown.example', { key })).codes).toEqual([]);
    expect(keys).not.toEqual([]);
    expect(await read(MEDICINE)).toContain(name);
    expect((await purge('admin@downtown.example', { key: `${keys[0]?.slice(0, -3) ?? ''}AAA` })).codes).toEqual(['NOT_FOUND']);
  });

  it('a type with a hint that has no table of its own', async () => {
    const token = await running.client.token('staff@downtown.example');
    for (const type of ['Viewer', 'User']) {
      const query = type === 'Viewer' ? '{ viewer { name } }' : '{ users(first: 100) { edges { node { name } } } }';
      const asking = type === 'Viewer' ? token : await running.client.token('admin@downtown.example');
      await read(query, asking);
      await changeUnseen(`update users set name = 'Unseen as ${type}' where email = 'staff@downtown.example'`);
      expect(await read(query, asking)).not.toContain('Unseen as');
      expect((await purge('admin@downtown.example', { type })).codes).toEqual(['FORBIDDEN']);
      expect((await purge('platform@larder.example', { type })).codes).toEqual([]);
      expect(await read(query, asking)).toContain(`Unseen as ${type}`);
      await changeUnseen(`update users set name = 'Staff' where email = 'staff@downtown.example'`);
      await purge('platform@larder.example', { type });
    }
  });

  it('says what it left, what it reached, and that it reached nothing', async () => {
    await read(MEDICINE);
    const admin = (input: object) => purge('admin@downtown.example', input);
    expect((await admin({ field: 'Query.categories' })).data?.cachePurge).toMatchObject({ tables: ['categories'], left: ['tenants'] });
    expect((await admin({ field: 'Query.medicine' })).data?.cachePurge).toMatchObject({ tables: ['medicines'], left: [] });
    expect((await admin({ field: 'Query.medicine' })).data?.cachePurge.reached?.entries).toBe(0);
  });

  it.each<[object, string]>([
    [{ field: 'Query.catalogue' }, 'FORBIDDEN'],
    [{ field: 'catalogue' }, 'FORBIDDEN'],
    [{ field: 'Query.viewer' }, 'FORBIDDEN'],
    [{ type: 'Product' }, 'FORBIDDEN'],
    [{ profile: 'session' }, 'FORBIDDEN'],
    [{ field: 'Medicine.name' }, 'BAD_USER_INPUT'],
    [{ field: 'nothing' }, 'BAD_USER_INPUT'],
    [{ type: 'Nothing' }, 'BAD_USER_INPUT'],
    [{ tag: `t/${TENANT}/medicine` }, 'BAD_USER_INPUT'],
    [{ tag: `t/${TENANT}/medicines/zzz` }, 'BAD_USER_INPUT'],
    [{ tag: `t/${TENANT}/medicines?name=x` }, 'BAD_USER_INPUT'],
    [{ entity: { type: 'Medicine', id: 'zzz' } }, 'BAD_USER_INPUT'],
    [{ profile: 'live' }, 'BAD_USER_INPUT'],
  ])('a tenant admin is refused %j with %s', async (input, code) => {
    const { codes, errors } = await purge('admin@downtown.example', input);
    expect(codes).toEqual([code]);
    expect(errors[0]?.message).toMatch(code === 'FORBIDDEN' ? /(All tenants share|all tenants share).*requires the role PLATFORM_ADMIN/ : /there are|purge the type|reaches nothing|UUID|there is|depends on/);
  });
});
