import { describe, expect, it } from 'vitest';
import { LedgerCopy } from '../cache/core/ledger.js';
import { Identities } from '../cache/core/key.js';
import { GLOBAL, judge, partition, tags, type Entry, type Identity, type Layer, type Partition, type Tag } from '../cache/index.js';
import type { AuditedPlace } from '../cache/graphql/index.js';
import { PredicateForms } from '../cache/entity/predicate-forms.js';
import type { ErrorCode, LarderError } from '../graphql/errors.js';
import type { Authority } from './admin.js';
import type { CapturedTable } from './captured-rows.js';
import { tagsOfPurge, type PurgeRequest, type PurgeWorld } from './purge-tags.js';

const own = partition('id-of-a');
const others = partition('id-of-b');
const tenants = [
  { id: own, slug: 'a' },
  { id: others, slug: 'b' },
];
const place = (kind: AuditedPlace['kind'], name: string, of: { readonly tables: readonly string[]; readonly profile?: string; readonly shared?: boolean; readonly maxAge?: number }): AuditedPlace => ({
  kind,
  name,
  maxAge: 60,
  staleWhileRevalidate: 0,
  scope: 'PUBLIC',
  shared: false,
  profile: null,
  tags: [],
  invalidatedBy: [],
  ...of,
});
const table = (name: string, of: 'own' | 'global', more: { readonly key?: string | null; readonly uuids?: readonly string[] } = {}): [string, CapturedTable] => [
  name,
  { name, partition: of, key: more.key === undefined ? 'id' : more.key, uuids: new Set(more.uuids ?? []) },
];
const forms = new PredicateForms();
forms.learn('medicines', ['product_id']);
forms.learn('medicines', ['category_id', 'offered', ':name', 'name~']);
/** As stored under `ownKey`: a piece that holds a medicine of the tenant, a list by a predicate, and what all share. */
const stored = entryWith(tags.row(own, 'medicines', '7'), tags.everyRow(own, 'medicines'), tags.everyRow(own, 'categories'), tags.row(GLOBAL, 'products', 'N1'), tags.everyRow(GLOBAL, 'products'));
const world: PurgeWorld = {
  keyPrefix: 'larder:test',
  types: { Medicine: { table: 'medicines', partition: 'own' }, Product: { table: 'products', partition: 'global' } },
  tables: new Map([table('medicines', 'own'), table('categories', 'own', { uuids: ['id'] }), table('products', 'global'), table('memberships', 'global', { key: null }), table('unread', 'own')]),
  forms,
  readRow: (name, id) => Promise.resolve(name === 'medicines' && id === '7' ? { table: name, partition: own, images: [{ id, product_id: 'N1', category_id: '3', offered: true, name: 'x', '@same': true }] } : null),
  cache: { store: { getMany: (keys) => Promise.resolve(keys.map((key) => (key === ownKey || key === othersKey ? stored : undefined))) } },
  audit: {
    places: [
      place('field', 'Query.medicines', { tables: ['medicines'], profile: 'list' }),
      place('field', 'Query.categories', { tables: ['categories', 'memberships'], profile: 'list' }),
      place('field', 'Query.products', { tables: ['products'], shared: true, profile: 'reference' }),
      place('field', 'Query.now', { tables: [] }),
      place('type', 'Viewer', { tables: ['memberships', 'products'] }),
      place('list', 'medicinesOfCategory', { tables: ['medicines'], profile: 'list' }),
      place('entity', 'medicine', { tables: ['medicines'], profile: 'detail' }),
      place('list', 'never', { tables: ['medicines'], profile: 'live', maxAge: 0 }),
    ],
  },
  profiles: ['list', 'detail', 'reference', 'live'],
  listTenants: () => Promise.resolve(tenants),
};
const platform: Authority = { kind: 'platform' };
const admin: Authority = { kind: 'tenant', tenant: { id: own, slug: 'a' } };

const identities = new Identities(world.keyPrefix, 'database');
const identity = (of: Partition, name = 'medicine', layer: Layer = 'entity'): Identity =>
  identities.of({ layer, name, version: '1', profile: 'list' }, of, 7);
const ownKey = identity(own).key;
const othersKey = identity(others).key;

const uuid = '0B7E3D51-8c1f-4a94-9d0e-3f6a2b1c4d5e';

describe('what a purge invalidates', () => {
  const cases: [string, PurgeRequest, { platform: string[] | ErrorCode; tenant: string[] | ErrorCode }][] = [
    ['everything', { everything: true }, { platform: ['t'], tenant: ['t/id-of-a'] }],
    ['everything of the own tenant', { everything: true, tenant: 'a' }, { platform: ['t/id-of-a'], tenant: ['t/id-of-a'] }],
    ['the own tenant', { tenant: 'a' }, { platform: ['t/id-of-a'], tenant: ['t/id-of-a'] }],
    ['another tenant', { tenant: 'b' }, { platform: ['t/id-of-b'], tenant: 'FORBIDDEN' }],
    ['everything of another tenant', { everything: true, tenant: 'b' }, { platform: ['t/id-of-b'], tenant: 'FORBIDDEN' }],
    ['a tenant that does not exist', { tenant: 'c' }, { platform: 'TENANT_NOT_FOUND', tenant: 'FORBIDDEN' }],
    [
      'a type',
      { type: 'Medicine' },
      {
        platform: ['t/id-of-a/medicines', 't/id-of-a/medicines/*', 't/id-of-b/medicines', 't/id-of-b/medicines/*'],
        tenant: ['t/id-of-a/medicines', 't/id-of-a/medicines/*'],
      },
    ],
    [
      'a table of one tenant',
      { type: 'medicines', tenant: 'a' },
      { platform: ['t/id-of-a/medicines', 't/id-of-a/medicines/*'], tenant: ['t/id-of-a/medicines', 't/id-of-a/medicines/*'] },
    ],
    ['a type of another tenant', { type: 'Medicine', tenant: 'b' }, { platform: ['t/id-of-b/medicines', 't/id-of-b/medicines/*'], tenant: 'FORBIDDEN' }],
    ['a shared type', { type: 'Product' }, { platform: ['t/global/products', 't/global/products/*'], tenant: 'FORBIDDEN' }],
    ['a shared type of one tenant', { type: 'Product', tenant: 'a' }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['an unknown type', { type: 'toString' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    [
      'an entity, its id written in capitals',
      { entity: { type: 'Medicine', id: uuid }, tenant: 'a' },
      { platform: ['t/id-of-a/medicines', `t/id-of-a/medicines/${uuid.toLowerCase()}`], tenant: ['t/id-of-a/medicines', `t/id-of-a/medicines/${uuid.toLowerCase()}`] },
    ],
    ['a shared entity', { entity: { type: 'Product', id: 'N1' } }, { platform: ['t/global/products', 't/global/products/N1'], tenant: 'FORBIDDEN' }],
    ['an entity without id', { entity: { type: 'Medicine', id: '' } }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a field', { field: 'Query.medicines' }, { platform: ['t/@field/Query.medicines', 't/id-of-a/medicines', 't/id-of-a/medicines/*', 't/id-of-b/medicines', 't/id-of-b/medicines/*'], tenant: ['t/id-of-a/@field/Query.medicines', 't/id-of-a/medicines', 't/id-of-a/medicines/*'] }],
    ['a field of another tenant', { field: 'Query.medicines', tenant: 'b' }, { platform: ['t/id-of-b/@field/Query.medicines', 't/id-of-b/medicines', 't/id-of-b/medicines/*'], tenant: 'FORBIDDEN' }],
    ['a list by its name', { field: 'medicinesOfCategory' }, { platform: ['t/@field/medicinesOfCategory', 't/id-of-a/medicines', 't/id-of-a/medicines/*', 't/id-of-b/medicines', 't/id-of-b/medicines/*'], tenant: ['t/id-of-a/@field/medicinesOfCategory', 't/id-of-a/medicines', 't/id-of-a/medicines/*'] }],
    ['a field of what tenants have and what they share', { field: 'Query.categories' }, { platform: ['t/@field/Query.categories', 't/id-of-a/categories', 't/id-of-a/categories/*', 't/id-of-b/categories', 't/id-of-b/categories/*', 't/global/memberships', 't/global/memberships/*'], tenant: ['t/id-of-a/@field/Query.categories', 't/id-of-a/categories', 't/id-of-a/categories/*'] }],
    ['a shared field', { field: 'Query.products' }, { platform: ['t/@field/Query.products', 't/global/products', 't/global/products/*'], tenant: 'FORBIDDEN' }],
    ['a shared field of one tenant', { field: 'Query.products', tenant: 'a' }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['a field of no table', { field: 'Query.now' }, { platform: ['t/@field/Query.now'], tenant: ['t/id-of-a/@field/Query.now'] }],
    ['a field that is a part of its object', { field: 'Medicine.name' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a name that nothing has', { field: 'nothing' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a type with a hint and several tables', { type: 'Viewer' }, { platform: ['t/global/memberships', 't/global/memberships/*', 't/global/products', 't/global/products/*'], tenant: 'FORBIDDEN' }],
    ['a row of a type with several tables', { entity: { type: 'Viewer', id: '7' } }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a table that nothing cached reads', { type: 'unread' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['an entity that is held by another loader', { entity: { type: 'medicines', id: '7' }, tenant: 'a' }, { platform: ['t/id-of-a/medicines', 't/id-of-a/medicines/7', 't/id-of-a/medicines?product_id=N1'], tenant: ['t/id-of-a/medicines', 't/id-of-a/medicines/7', 't/id-of-a/medicines?product_id=N1'] }],
    ["another tenant's entity", { entity: { type: 'medicines', id: '7' }, tenant: 'b' }, { platform: ['t/id-of-b/medicines', 't/id-of-b/medicines/7'], tenant: 'FORBIDDEN' }],
    ['an entity whose id has another form', { entity: { type: 'categories', id: 'zzz' } }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['an entity of a table without ids', { entity: { type: 'memberships', id: '7' } }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['a field that is not cached', { field: 'Query.medicine' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a profile', { profile: 'list' }, { platform: ['t/@profile/list', 't/id-of-a/categories', 't/id-of-a/categories/*', 't/id-of-b/categories', 't/id-of-b/categories/*', 't/id-of-a/medicines', 't/id-of-a/medicines/*', 't/id-of-b/medicines', 't/id-of-b/medicines/*', 't/global/memberships', 't/global/memberships/*'], tenant: ['t/id-of-a/@profile/list', 't/id-of-a/categories', 't/id-of-a/categories/*', 't/id-of-a/medicines', 't/id-of-a/medicines/*'] }],
    ['a profile of what all share', { profile: 'reference' }, { platform: ['t/@profile/reference', 't/global/products', 't/global/products/*'], tenant: 'FORBIDDEN' }],
    ['a profile under which nothing is stored', { profile: 'live' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['an unknown profile', { profile: 'lists' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of a row', { tag: 't/id-of-a/medicines/7' }, { platform: ['t/id-of-a/medicines', 't/id-of-a/medicines/7', 't/id-of-a/medicines?product_id=N1'], tenant: ['t/id-of-a/medicines', 't/id-of-a/medicines/7', 't/id-of-a/medicines?product_id=N1'] }],
    ['a tag of a table', { tag: 't/id-of-a/medicines' }, { platform: ['t/id-of-a/medicines', 't/id-of-a/medicines/*'], tenant: ['t/id-of-a/medicines', 't/id-of-a/medicines/*'] }],
    ['a tag of a field', { tag: 't/id-of-a/@field/Query.medicines' }, { platform: ['t/id-of-a/@field/Query.medicines', 't/id-of-a/medicines', 't/id-of-a/medicines/*'], tenant: ['t/id-of-a/@field/Query.medicines', 't/id-of-a/medicines', 't/id-of-a/medicines/*'] }],
    ['a tag of a field, of what all share', { tag: 't/global/@field/Query.products' }, { platform: ['t/global/@field/Query.products', 't/global/products', 't/global/products/*'], tenant: 'FORBIDDEN' }],
    ['a tag of a field that nothing shared has', { tag: 't/global/@field/Query.medicines' }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['a tag of a predicate', { tag: 't/id-of-a/medicines?offered=true&category_id=3&name~abc:name' }, { platform: ['t/id-of-a/medicines?category_id=3&offered=true&name~abc:name'], tenant: ['t/id-of-a/medicines?category_id=3&offered=true&name~abc:name'] }],
    ['a tag of a predicate that nothing declares', { tag: 't/id-of-a/medicines?name=x' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of an unknown table', { tag: 't/id-of-a/medicine' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of a table that nothing cached reads', { tag: 't/id-of-a/unread/*' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of a shared table within a tenant', { tag: 't/id-of-a/products/N1' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of a tenant\'s table in what is shared', { tag: 't/global/medicines/7' }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['a tag with an id of another form', { tag: 't/id-of-a/categories/zzz' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag of another tenant', { tag: 't/id-of-b/medicines/7' }, { platform: ['t/id-of-b/medicines', 't/id-of-b/medicines/7'], tenant: 'FORBIDDEN' }],
    ['a tag of what is shared', { tag: 't/global/products/N1' }, { platform: ['t/global/products', 't/global/products/N1'], tenant: 'FORBIDDEN' }],
    ['a tag that spans tenants', { tag: 't/@profile/detail' }, { platform: ['t/@profile/detail', 't/id-of-a/medicines', 't/id-of-a/medicines/*', 't/id-of-b/medicines', 't/id-of-b/medicines/*'], tenant: 'FORBIDDEN' }],
    ['the tag of everything', { tag: 't' }, { platform: ['t'], tenant: 'FORBIDDEN' }],
    ['a tag with a slug in place of the id', { tag: 't/a/medicines/7' }, { platform: 'BAD_USER_INPUT', tenant: 'FORBIDDEN' }],
    ['what is no tag', { tag: 'medicines' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a key', { key: ownKey }, { platform: [`t/@key/${ownKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*', 't/global/products/N1'], tenant: [`t/@key/${ownKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*'] }],
    ['a key under which nothing is stored', { key: identity(own, 'other').key }, { platform: 'NOT_FOUND', tenant: 'NOT_FOUND' }],
    ['a key of another tenant', { key: othersKey }, { platform: [`t/@key/${othersKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*', 't/global/products/N1'], tenant: 'FORBIDDEN' }],
    ['the tag of a key', { tag: `t/@key/${ownKey}` }, { platform: [`t/@key/${ownKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*', 't/global/products/N1'], tenant: [`t/@key/${ownKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*'] }],
    ["the tag of another tenant's key", { tag: `t/@key/${othersKey}` }, { platform: [`t/@key/${othersKey}`, 't/id-of-a/medicines/7', 't/id-of-a/categories/*', 't/global/products/N1'], tenant: 'FORBIDDEN' }],
    ['what is no key', { key: 'larder:test:id-of-a:entity' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a key of another cache', { key: ownKey.replace('larder:test', 'x') }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['nothing', {}, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['nothing, said with false and null', { everything: false, type: null, tenant: null }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['two things', { type: 'Medicine', profile: 'list' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a thing and everything', { type: 'Medicine', everything: true }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['a tag and a tenant', { tag: 't', tenant: 'a' }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
    ['more than a name can be', { field: 'x'.repeat(513) }, { platform: 'BAD_USER_INPUT', tenant: 'BAD_USER_INPUT' }],
  ];

  describe.each(cases)('%s', (_name, request, expected) => {
    it('for a platform admin', () => expectPurge(platform, request, expected.platform));
    it('for a tenant admin', () => expectPurge(admin, request, expected.tenant));
  });
});

describe('a pattern is refused, and the tag that covers it is named', () => {
  const cases: [string, PurgeRequest, { platform: string; tenant: string }][] = [
    ['tenant', { tenant: 'do*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['type', { type: 'Med*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['type of one tenant', { type: 'Med*', tenant: 'a' }, { platform: 't/id-of-a', tenant: 't/id-of-a' }],
    ['id', { entity: { type: 'Medicine', id: '7?' }, tenant: 'a' }, { platform: 't/id-of-a/medicines/*', tenant: 't/id-of-a/medicines/*' }],
    ['field', { field: 'Query.*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['profile', { profile: '*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['tag', { tag: 't/id-of-a/medicines/7*' }, { platform: 't/id-of-a/medicines/*', tenant: 't/id-of-a/medicines/*' }],
    ["another tenant's tag", { tag: 't/id-of-b/med*' }, { platform: 't/id-of-b', tenant: 't/id-of-a' }],
    ['tags of all', { tag: 't/*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['key', { key: '*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['keys of a tenant', { key: 'larder:test:id-of-b:*' }, { platform: 't/id-of-b', tenant: 't/id-of-a' }],
    ['keys of some tenants', { key: 'larder:test:id*:entity:*' }, { platform: 't', tenant: 't/id-of-a' }],
    ['keys of a field', { key: 'larder:test:id-of-a:field:Query.medicines:*' }, { platform: 't/id-of-a/@field/Query.medicines', tenant: 't/id-of-a/@field/Query.medicines' }],
    ['tags of keys', { tag: 't/@key/larder:*' }, { platform: 't', tenant: 't/id-of-a' }],
  ];

  it.each(cases)('%s', async (_name, request, tag) => {
    for (const [authority, expected] of [[platform, tag.platform], [admin, tag.tenant]] as const) {
      const error = await tagsOfPurge(world, authority, request).catch((reason: LarderError) => reason);
      expect(error).toMatchObject({ extensions: { code: 'GLOB_NOT_SUPPORTED', tag: expected } });
      expect((error as LarderError).message).toContain(`tag ${expected} covers it`);
    }
  });
});

describe('what a purge reaches, as the engine judges it', () => {
  const entryOf = (of: Partition): Entry => entryWith(tags.row(of, 'medicines', '7'), tags.everyRow(of, 'medicines'));
  const reaches = async (authority: Authority, request: PurgeRequest): Promise<{ own: boolean; others: boolean; shared: boolean }> => {
    const ledger = new LedgerCopy('e');
    for (const tag of (await tagsOfPurge(world, authority, request)).tags) ledger.record(tag, 2);
    const invalid = (of: Partition): boolean => judge(entryOf(of), identity(of), { ledger, now: 1 }) === 'invalidated';
    return { own: invalid(own), others: invalid(others), shared: invalid(GLOBAL) };
  };
  const all = { own: true, others: true, shared: true };
  const tenantsOnly = { own: true, others: true, shared: false };
  const mine = { own: true, others: false, shared: false };

  it.each<[PurgeRequest, object]>([
    [{ everything: true }, all],
    [{ field: 'medicine' }, all],
    [{ profile: 'list' }, all],
    [{ field: 'Query.medicines' }, tenantsOnly],
    [{ type: 'Medicine' }, tenantsOnly],
    [{ entity: { type: 'Medicine', id: '7' } }, tenantsOnly],
    [{ tenant: 'a' }, mine],
    [{ type: 'Medicine', tenant: 'a' }, mine],
    [{ tag: 't/id-of-a/medicines/*' }, mine],
    [{ key: ownKey }, mine],
    [{ profile: 'reference' }, { own: false, others: false, shared: false }],
    [{ profile: 'detail' }, tenantsOnly],
    [{ entity: { type: 'Medicine', id: '8' } }, { own: false, others: false, shared: false }],
  ])('by a platform admin: %j', async (request, expected) => {
    expect(await reaches(platform, request)).toEqual(expected);
  });

  it.each<[PurgeRequest]>([[{ everything: true }], [{ field: 'medicine' }], [{ profile: 'list' }], [{ type: 'Medicine' }], [{ entity: { type: 'Medicine', id: '7' } }], [{ tenant: 'a' }], [{ key: ownKey }]])(
    'by a tenant admin never more than the tenant: %j',
    async (request) => {
      expect(await reaches(admin, request)).toEqual(mine);
    },
  );
});

describe('while the tenants cannot be read', () => {
  const away: PurgeWorld = { ...world, listTenants: () => Promise.reject(new Error('away')) };

  it('a purge that needs their names says so, all others work', async () => {
    await expect(tagsOfPurge(away, platform, { tenant: 'a' })).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
    await expect(tagsOfPurge(away, platform, { everything: true })).resolves.toMatchObject({ tags: ['t'] });
    await expect(tagsOfPurge(away, platform, { tag: 't/id-of-a/medicines/7' })).resolves.toMatchObject({ tags: ['t/id-of-a/medicines', 't/id-of-a/medicines/7', 't/id-of-a/medicines?product_id=N1'] });
    await expect(tagsOfPurge(away, admin, { type: 'Medicine' })).resolves.toMatchObject({ tables: ['medicines'], left: [] });
  });
});

describe('what a purge leaves, and how many tags it takes', () => {
  it('a tenant’s purge says which tables all tenants share', async () => {
    const shared = ['memberships', 'products'];
    expect(await tagsOfPurge(world, admin, { everything: true })).toMatchObject({ left: shared });
    expect(await tagsOfPurge(world, platform, { tenant: 'a' })).toMatchObject({ left: shared });
    expect(await tagsOfPurge(world, platform, { everything: true })).toMatchObject({ left: [] });
    expect(await tagsOfPurge(world, admin, { field: 'Query.categories' })).toMatchObject({ tables: ['categories'], left: ['memberships'] });
    expect(await tagsOfPurge(world, admin, { key: ownKey })).toMatchObject({ left: ['products'] });
  });

  it('a key whose value collapsed the rows of a table reaches each of them', async () => {
    const collapsed: Entry = { ...stored, tags: [tags.table(own, 'medicines'), tags.row(own, 'medicines', '7'), tags.everyRow(own, 'medicines')] };
    const large: PurgeWorld = { ...world, cache: { store: { getMany: () => Promise.resolve([collapsed]) } } };
    expect((await tagsOfPurge(large, admin, { key: ownKey })).tags).toContain(tags.everyRow(own, 'medicines'));
  });

  it('C4: of very many tenants, everything is invalidated in place of each', async () => {
    const many = (count: number): PurgeWorld => ({ ...world, listTenants: () => Promise.resolve(Array.from({ length: count }, (_, at) => ({ id: `id-${at}`, slug: `s-${at}` }))) });
    expect((await tagsOfPurge(many(10_000), platform, { type: 'Medicine' })).tags).toHaveLength(20_000);
    expect((await tagsOfPurge(many(10_001), platform, { type: 'Medicine' })).tags).toEqual(['t']);
    expect((await tagsOfPurge(many(10_001), platform, { type: 'Medicine', tenant: 's-7' })).tags).toHaveLength(2);
  });
});

async function expectPurge(authority: Authority, request: PurgeRequest, expected: string[] | ErrorCode): Promise<void> {
  const outcome: unknown = await tagsOfPurge(world, authority, request).then(({ tags: found }) => found, (error: unknown) => error);
  if (Array.isArray(expected)) expect(outcome).toEqual(expected);
  else expect(outcome).toMatchObject({ extensions: { code: expected } });
}

function entryWith(...carried: readonly Tag[]): Entry {
  return { value: {}, tags: carried, stamp: { epoch: 'e', position: 1 }, readAt: 0, freshUntil: 100, staleUntil: 100, scope: 'PUBLIC', cost: 1 };
}
