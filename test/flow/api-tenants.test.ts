import 'reflect-metadata';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema as tables } from '../../src/database/schema.js';
import { createPlatformAdmin } from '../../src/modules/tenancy/tenancy.module.js';
import { backends, type Running } from '../support/backends.js';

const TENANTS = 'query ($first: Int, $after: String, $search: String) { tenants(first: $first, after: $after, search: $search) { totalCount pageInfo { hasNextPage endCursor } edges { node { id slug name } } } }';
const CREATE = 'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { id slug name languages defaultLanguage currency } }';
const UPDATE = 'mutation ($input: UpdateTenantInput!) { updateTenant(input: $input) { id slug name } }';
const SETTINGS = 'mutation ($input: UpdateTenantSettingsInput!) { updateTenantSettings(input: $input) { name languages defaultLanguage } }';
const DELETE = 'mutation ($input: DeleteTenantInput!) { deleteTenant(input: $input) { deletedId } }';
const TENANT = '{ tenant { id slug name languages defaultLanguage } }';
const EYE_CARE = '{ categories { slug name } }';

interface TenantNode {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

describe.each(backends)('tenants, on $name', (backend) => {
  let running: Running;
  let token: string;
  beforeAll(async () => {
    running = await backend.start();
    token = await running.client.signIn('platform@larder.example');
  });
  afterAll(() => running.close());

  const asPlatform = <Data>(query: string, variables: object = {}, tenant?: string): Promise<Data> =>
    running.client.data<Data>(query, { token, tenant, variables: { ...variables } });
  const refused = async (query: string, variables: object, tenant?: string): Promise<readonly string[]> =>
    (await running.client.request(query, { token, tenant, variables: { ...variables } })).codes;
  const create = async (slug: string): Promise<TenantNode> => {
    const input = { slug, name: ` ${slug} & Sons `, languages: ['es', 'pt-BR'], currency: 'EUR' };
    return (await asPlatform<{ createTenant: TenantNode }>(CREATE, { input })).createTenant;
  };

  it('are created by platform admins, listed page by page, and renamed', async () => {
    const before = await asPlatform<{ tenants: { totalCount: number } }>(TENANTS);
    const made = await create('northside');
    expect(made).toMatchObject({ slug: 'northside', name: 'northside & Sons', languages: ['es', 'pt-BR'], defaultLanguage: 'es', currency: 'EUR' });
    expect((await asPlatform<{ tenants: { totalCount: number } }>(TENANTS)).tenants.totalCount).toBe(before.tenants.totalCount + 1);

    interface Listed {
      readonly tenants: { readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }; readonly edges: readonly { readonly node: TenantNode }[] };
    }
    const first = await asPlatform<Listed>(TENANTS, { first: 2 });
    expect(first.tenants.edges.map(({ node }) => node.slug)).toEqual(['downtown', 'northside']);
    const next = await asPlatform<Listed>(TENANTS, { first: 2, after: first.tenants.pageInfo.endCursor });
    expect(next.tenants.edges.map(({ node }) => node.slug)).toEqual(['riverside']);
    expect((await asPlatform<Listed>(TENANTS, { search: 'apoth' })).tenants.edges.map(({ node }) => node.slug)).toEqual(['riverside']);

    expect((await running.client.data<{ tenant: TenantNode }>(TENANT, { tenant: 'northside' })).tenant.id).toBe(made.id);
    await asPlatform(UPDATE, { input: { id: made.id, slug: 'northend', name: 'North End' } });
    expect((await running.client.request(TENANT, { tenant: 'northside' })).codes).toEqual(['TENANT_NOT_FOUND']);
    expect((await running.client.data<{ tenant: TenantNode }>(TENANT, { tenant: 'northend' })).tenant).toMatchObject({ id: made.id, name: 'North End' });
  });

  it.each([
    ['a slug that is taken', { slug: 'downtown' }, 'ALREADY_EXISTS'],
    ['a slug that no header could name', { slug: 'Down Town' }, 'BAD_USER_INPUT'],
    ['no language', { languages: [] }, 'BAD_USER_INPUT'],
    ['a language twice', { languages: ['en', 'en'] }, 'BAD_USER_INPUT'],
    ['what is no language', { languages: ['english!'] }, 'BAD_USER_INPUT'],
    ['a default that is no language of it', { defaultLanguage: 'it' }, 'BAD_USER_INPUT'],
    ['what is no currency', { currency: 'eur' }, 'BAD_USER_INPUT'],
  ])('are not created with %s', async (_, wrong, code) => {
    const input = { slug: 'new', name: 'New', languages: ['en'], currency: 'USD', ...wrong };
    expect(await refused(CREATE, { input })).toEqual([code]);
  });

  it('have settings that their admins change: the next answer knows the languages', async () => {
    const admin = await running.client.token('admin@downtown.example');
    const change = (input: object) => running.client.data(SETTINGS, { tenant: 'downtown', token: admin, variables: { input } });
    const name = async (language: string): Promise<string | undefined> => {
      const { categories } = await running.client.data<{ categories: { slug: string; name: string }[] }>(EYE_CARE, { tenant: 'downtown', language });
      return categories.find(({ slug }) => slug === 'eye-care')?.name;
    };
    expect(await name('it')).toBe('Eye care');
    expect(await change({ defaultLanguage: 'fr' })).toEqual({ updateTenantSettings: { name: 'Downtown Pharmacy', languages: ['en', 'fr'], defaultLanguage: 'fr' } });
    expect(await name('it')).toBe('Soins des yeux');
    expect(await change({ languages: ['it', 'fr'] })).toMatchObject({ updateTenantSettings: { languages: ['it', 'fr'] } });
    // It has no names in Italian yet: the default stands in.
    expect(await name('it')).toBe('Soins des yeux');
    expect((await running.client.request('{ categories(language: "en") { name } }', { tenant: 'downtown' })).codes).toEqual(['BAD_USER_INPUT']);
    expect(await change({ languages: ['en', 'fr'], defaultLanguage: 'en', name: 'Downtown Pharmacy' })).toMatchObject({ updateTenantSettings: { defaultLanguage: 'en' } });
    expect(await name('it')).toBe('Eye care');

    const wrong = async (input: object) => (await running.client.request(SETTINGS, { tenant: 'downtown', token: admin, variables: { input } })).codes;
    expect(await wrong({ languages: ['fr'] })).toEqual(['BAD_USER_INPUT']);
    expect(await wrong({ defaultLanguage: 'de' })).toEqual(['BAD_USER_INPUT']);
    expect(await wrong({ name: null })).toEqual(['BAD_USER_INPUT']);
  });

  it('are deleted with all that is theirs, from the database and from the stores', async () => {
    const { id } = await create('southside');
    const user = { email: 'admin@southside.example', name: 'Sol', password: 'a password that is long' };
    const invite = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
    await asPlatform(invite, { input: { ...user, role: 'TENANT_ADMIN' } }, 'southside');
    const admin = await running.client.signIn(user.email, user.password);
    const asAdmin = <Data>(query: string, variables: object = {}): Promise<Data> => running.client.data<Data>(query, { token: admin, tenant: 'southside', variables: { ...variables } });
    const category = await asAdmin<{ createCategory: { id: string } }>('mutation ($input: CreateCategoryInput!) { createCategory(input: $input) { id } }', {
      input: { slug: 'all', names: [{ language: 'es', text: 'Todo' }] },
    });
    const { catalogue } = await asAdmin<{ catalogue: { edges: { node: { id: string } }[] } }>('{ catalogue(first: 3) { edges { node { id } } } }');
    for (const { node } of catalogue.edges) {
      await asAdmin('mutation ($input: CreateMedicineInput!) { createMedicine(input: $input) { id } }', {
        input: { productId: node.id, categoryId: category.createCategory.id, priceAmount: 5 },
      });
    }
    await asAdmin('{ categories { name medicineCount } medicines { totalCount edges { node { name stock { quantity } } } } users { edges { node { name } } } }');
    const ofTenant = async (): Promise<number> => (await running.dump()).filter((kept) => kept.in === 'redis' && kept.partition === id).length;
    if (backend.redis) expect(await ofTenant()).toBeGreaterThan(5);
    const inMemory = async (): Promise<number> => (await running.app.cache.store.stats()).tiers.find((tier) => tier.kind === 'memory')?.entries ?? 0;
    const before = await inMemory();

    expect(await refused(DELETE, { input: { id, slug: 'downtown' } })).toEqual(['BAD_USER_INPUT']);
    expect(await asPlatform(DELETE, { input: { id, slug: 'southside' } })).toEqual({ deleteTenant: { deletedId: id } });

    expect((await running.client.request(TENANT, { tenant: 'southside' })).codes).toEqual(['TENANT_NOT_FOUND']);
    expect((await running.client.request('{ viewer { name } }', { token: admin })).codes).toEqual(['SESSION_INVALID']);
    expect(await ofTenant()).toBe(0);
    expect(await inMemory()).toBeLessThan(before);
    const left = await running.app.database.read('platform', async (db) => {
      const { categories, medicines, memberships, stockLevels, users } = tables;
      const counts = [categories, medicines, memberships, stockLevels].map(async (table) => (await db.select().from(table).where(eq(table.tenantId, id))).length);
      return [...(await Promise.all(counts)), (await db.select().from(users).where(eq(users.email, user.email))).length];
    });
    expect(left).toEqual([0, 0, 0, 0, 0]);
    expect(await refused(DELETE, { input: { id, slug: 'southside' } })).toEqual(['NOT_FOUND']);
  });

  it('a large one is deleted in one go', async () => {
    const { tenants } = await asPlatform<{ tenants: { edges: { node: TenantNode }[] } }>(TENANTS, { search: 'riverside' });
    const [edge] = tenants.edges;
    await running.client.data('{ topMedicines { name } }', { tenant: 'riverside' });
    await asPlatform(DELETE, { input: { id: edge?.node.id, slug: 'riverside' } });
    expect((await running.client.request('{ topMedicines { name } }', { tenant: 'riverside' })).codes).toEqual(['TENANT_NOT_FOUND']);
    await expect(running.client.signIn('staff@riverside.example')).rejects.toThrow('CREDENTIALS_INVALID');
    expect(await running.client.data('{ topMedicines(first: 1) { rank } }', { tenant: 'downtown' })).toEqual({ topMedicines: [{ rank: 1 }] });
  });

  it('of the platform, the first admin is made without one', async () => {
    const account = { email: ' First@Larder.example', name: 'First', password: 'long enough to be one' };
    const made = await createPlatformAdmin(running.app.database, account);
    expect(made.email).toBe('first@larder.example');
    const first = await running.client.signIn('first@larder.example', account.password);
    expect(await running.client.data('{ viewer { id role } }', { token: first })).toEqual({ viewer: { id: made.id, role: 'PLATFORM_ADMIN' } });
    await expect(createPlatformAdmin(running.app.database, account)).rejects.toMatchObject({ extensions: { code: 'ALREADY_EXISTS' } });
    const short = createPlatformAdmin(running.app.database, { ...account, email: 'no address', password: 'short' });
    await expect(short).rejects.toThrow('`email`: give an e-mail address. `password`: give 10 to 1024 characters.');
  });
});
