import { EVERYTHING, GLOBAL, partition, partitionOfTag, tableOfTag, tags, tagsOfChanges, type CacheKey, type Partition, type Tag } from '../cache/index.js';
import { LarderError } from '../graphql/errors.js';
import type { Admin, Authority, TenantName } from './admin.js';
import { globRefused, selectedField, selectedProfile, selectedType, tablesRead, type Names, type Selection } from './purge-selectors.js';
import { coveringTag, isGlob, partitionOf, readTag } from './tag-forms.js';
import { checkedId, targetOfTag } from './tag-targets.js';

/**
 * What to purge. One of `type`, `entity`, `field`, `profile` and `everything`, each everywhere or in `tenant`;
 * or `tenant` alone; or `tag`; or `key`.
 */
export interface PurgeRequest {
  /** A slug. */
  readonly tenant?: string | null;
  readonly type?: string | null;
  readonly entity?: { readonly type: string; readonly id: string } | null;
  readonly field?: string | null;
  readonly profile?: string | null;
  readonly tag?: string | null;
  readonly key?: string | null;
  readonly everything?: boolean | null;
}

/** What the mapping asks of the admin's surroundings. */
export type PurgeWorld = Names & Pick<Admin, 'keyPrefix' | 'forms' | 'readRow' | 'listTenants'> & { readonly cache: { readonly store: Pick<Admin['cache']['store'], 'getMany'> } };

/** What a request names, resolved. */
export interface Named {
  readonly tags: readonly Tag[];
  /** Tables of which everything that was read is named. */
  readonly tables: readonly string[];
  /** Tables behind it that all tenants share, and that the request does not reach. */
  readonly left: readonly string[];
}

/** The authority of the administrator, and the partition that the purge is limited to; null for all. */
interface Limits {
  readonly authority: Authority;
  readonly reach: Partition | null;
}

/** Longer than any name, key or tag of the cache. */
const MAX_LENGTH = 512;

/** A purge that would need more tags, since there are very many tenants, invalidates everything instead (C4). */
const MAX_TAGS = 20_000;

const FIELD = /^[A-Za-z_]\w{0,127}(\.[A-Za-z_]\w{0,127})?$/;

/**
 * The tags that cover a request, if the authority suffices for it: of what the selector is made from and of what contains it.
 * The tables behind a field, type or profile cover it: every entry carries the tags of the tables that it was made from.
 */
export async function tagsOfPurge(world: PurgeWorld, authority: Authority, request: PurgeRequest): Promise<Named> {
  const kind = kindOf(request);
  checkLengths(request);
  if (kind === 'tag') return namedByTag(world, authority, request.tag ?? '');
  if (kind === 'key') return namedByKey(world, authority, request.key ?? '');

  const reach = await reachOf(world, authority, request.tenant ?? null);
  const limits = { authority, reach };
  switch (kind) {
    case 'tenant':
    case 'everything':
      // What all tenants share lies outside of every tenant's partition.
      return { ...exactly(reach === null ? EVERYTHING : tags.partition(reach)), left: reach === null ? [] : tablesRead(world).filter((table) => isShared(world, table)) };
    case 'field':
      return namedBySelection(world, limits, { selection: selectedField(world, request.field ?? '', reach), own: tags.field(reach, request.field ?? '') });
    case 'profile':
      return namedBySelection(world, limits, { selection: selectedProfile(world, request.profile ?? '', reach), own: tags.profile(reach, request.profile ?? '') });
    case 'type':
      return namedBySelection(world, limits, { selection: selectedType(world, request.type ?? '', reach) });
    case 'entity': {
      const { type, id } = request.entity ?? { type: '', id: '' };
      const table = tableOfRows(world, type, reach);
      if (isGlob(id)) {
        const of = isShared(world, table) ? GLOBAL : reach;
        throw globRefused('entity', id, of === null ? EVERYTHING : tags.everyRow(of, table));
      }
      if (id === '') throw new LarderError('BAD_USER_INPUT', '`entity.id` is empty: give the id of a row.');
      return namedByRow(world, limits, { table, id });
    }
  }
}

/** The table that a type's rows are in, by the name of the type or its own. */
function tableOfRows(world: Names, type: string, reach: Partition | null): string {
  const { tables } = selectedType(world, type, reach);
  const [table] = tables;
  const isOne = tablesRead(world).includes(type) || Object.hasOwn(world.types, type);
  if (table !== undefined && isOne) return table;
  throw new LarderError('BAD_USER_INPUT', `${type} has no rows of its own: purge the type ${type}, or a row of ${tables.join(', ')}.`);
}

/** Everything that read the tables behind a name, and what the name itself stands for. */
async function namedBySelection(world: PurgeWorld, { authority, reach }: Limits, { selection, own: name }: { readonly selection: Selection; readonly own?: Tag }): Promise<Named> {
  const [shared, own] = [true, false].map((wanted) => selection.tables.filter((table) => isShared(world, table) === wanted)) as [string[], string[]];
  const names = name === undefined ? [] : [name];
  // What a bulk write emits: it reaches everything that read the table.
  const whole = (of: Partition, table: string): readonly Tag[] => [tags.table(of, table), tags.everyRow(of, table)];
  if (reach === null) {
    const partitions = own.length === 0 ? [] : (await listed(world)).map(({ id }) => partition(id));
    const emitted = [...own.flatMap((table) => partitions.flatMap((of) => whole(of, table))), ...shared.flatMap((table) => whole(GLOBAL, table))];
    return { tags: emitted.length > MAX_TAGS ? [EVERYTHING] : [...names, ...emitted], tables: selection.tables, left: [] };
  }
  const [reached, left] = reach === GLOBAL ? [shared, []] : [own, shared];
  if (reach !== GLOBAL && (selection.isShared || (own.length === 0 && shared.length > 0))) throw refusedAsShared(authority, selection.label, shared);
  if (reached.length === 0 && selection.tables.length > 0) throw new LarderError('BAD_USER_INPUT', `Nothing of ${selection.label} is shared by all tenants: name a tenant.`);
  return { tags: [...names, ...reached.flatMap((table) => whole(reach, table))], tables: reached, left };
}

function isShared({ tables }: Names, table: string): boolean {
  return tables.get(table)?.partition === 'global';
}

function refusedAsShared(authority: Authority, label: string, shared: readonly string[]): LarderError {
  const reason = shared.length === 0 ? `All tenants share ${label}` : `${label} is made from what all tenants share (${shared.join(', ')})`;
  if (authority.kind === 'tenant') return new LarderError('FORBIDDEN', `${reason}: purging it requires the role PLATFORM_ADMIN.`);
  return new LarderError('BAD_USER_INPUT', `${reason}: leave \`tenant\` out.`);
}

/** What a write of one row would make invalid: the row, lists and loaders that hold it, entries with the table's tag. */
async function namedByRow(world: PurgeWorld, { authority, reach }: Limits, { table, id }: { readonly table: string; readonly id: string }): Promise<Named> {
  const shared = isShared(world, table);
  if (shared && reach !== null && reach !== GLOBAL) throw refusedAsShared(authority, table, [table]);
  const stored = checkedId(world, table, id);
  const partitions = shared ? [GLOBAL] : reach === null ? (await listed(world)).map((tenant) => partition(tenant.id)) : [reach];
  const row = await world.readRow(table, stored).catch((error: unknown) => {
    throw unavailable('The row could not be read', error);
  });
  const held = row === null || !partitions.some((of) => of === row.partition) ? [] : tagsOfChanges([row], world.forms);
  return { tags: [...new Set([...partitions.flatMap((of) => [tags.table(of, table), tags.row(of, table, stored)]), ...held])], tables: [], left: [] };
}

type Kind = 'type' | 'entity' | 'field' | 'profile' | 'tag' | 'key' | 'everything' | 'tenant';

const kinds = ['type', 'entity', 'field', 'profile', 'tag', 'key'] as const;

function kindOf(request: PurgeRequest): Kind {
  const given: Kind[] = kinds.filter((kind) => request[kind] !== undefined && request[kind] !== null);
  if (request.everything === true) given.push('everything');
  const hasTenant = request.tenant !== undefined && request.tenant !== null;
  const [kind, second] = given;
  if (second !== undefined) throw new LarderError('BAD_USER_INPUT', `Purge one thing at a time: ${given.map(quoted).join(' and ')} were given.`);
  if (kind === undefined) {
    if (hasTenant) return 'tenant';
    throw new LarderError('BAD_USER_INPUT', `Say what to purge: one of ${['tenant', ...kinds, 'everything'].map(quoted).join(', ')}.`);
  }
  if (hasTenant && (kind === 'tag' || kind === 'key')) {
    throw new LarderError('BAD_USER_INPUT', `A ${kind} names its tenant itself: leave \`tenant\` out.`);
  }
  return kind;
}

function checkLengths({ everything: _, entity, ...texts }: PurgeRequest): void {
  for (const [name, text] of Object.entries({ ...texts, 'entity.type': entity?.type, 'entity.id': entity?.id })) {
    if ((text?.length ?? 0) > MAX_LENGTH) throw new LarderError('BAD_USER_INPUT', `\`${name}\` is longer than ${MAX_LENGTH} characters.`);
  }
}

/** The partition that the request is limited to; null for all. */
async function reachOf(world: PurgeWorld, authority: Authority, slug: string | null): Promise<Partition | null> {
  if (authority.kind === 'tenant') {
    const own = partition(authority.tenant.id);
    if (slug === null || slug === authority.tenant.slug) return own;
    if (isGlob(slug)) throw globRefused('tenant', slug, tags.partition(own));
    // The same for tenants that exist and those that do not.
    throw new LarderError('FORBIDDEN', `Purging tenant ${slug} requires the role PLATFORM_ADMIN.`);
  }
  if (slug === null) return null;
  if (isGlob(slug)) throw globRefused('tenant', slug, EVERYTHING);
  const tenant = (await listed(world)).find((known) => known.slug === slug);
  if (tenant === undefined) throw new LarderError('TENANT_NOT_FOUND', `No tenant has the slug ${JSON.stringify(slug)}.`);
  return partition(tenant.id);
}

async function namedByTag(world: PurgeWorld, authority: Authority, text: string): Promise<Named> {
  const form = readTag(text);
  if (form === null) {
    if (isGlob(text)) throw globRefused('tag', text, within(authority, coveringTag(text)));
    throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(text)} is no tag: tags look like t/<tenant id>/medicines/<id> or t/<tenant id>/medicines?category_id=<id>.`);
  }
  if (form.key !== undefined) return namedByKey(world, authority, form.key);
  if (authority.kind === 'tenant' && form.partition !== authority.tenant.id) {
    throw new LarderError('FORBIDDEN', `Tag ${text} reaches beyond tenant ${authority.tenant.slug} (t/${authority.tenant.id}): that requires the role PLATFORM_ADMIN.`);
  }
  if (authority.kind === 'platform' && form.partition !== null && form.partition !== GLOBAL) await checkTenant(world, form.partition);
  const target = targetOfTag(world, form.tag);
  switch (target.kind) {
    case 'exact':
      return exactly(form.tag);
    case 'table':
      return namedBySelection(world, { authority, reach: target.of }, { selection: { label: target.table, tables: [target.table], isShared: false } });
    case 'row':
      return namedByRow(world, { authority, reach: target.of }, target);
    case 'field':
      return namedBySelection(world, { authority, reach: target.reach }, { selection: selectedField(world, target.name, target.reach), own: form.tag });
    case 'profile':
      return namedBySelection(world, { authority, reach: target.reach }, { selection: selectedProfile(world, target.name, target.reach), own: form.tag });
  }
}

function exactly(tag: Tag): Named {
  return { tags: [tag], tables: [], left: [] };
}

/**
 * One entry, what it is made from and what contains it: what carries one of the tags that it carries. For its tables the tag of all
 * rows only where it names no rows: an entry that collapsed too many of them carries the table's.
 */
async function namedByKey(world: PurgeWorld, authority: Authority, text: string): Promise<Named> {
  const key = checkedKey(world, authority, text);
  const [entry] = await world.cache.store.getMany([key]);
  if (entry === undefined) throw new LarderError('NOT_FOUND', 'Nothing is stored under this key: purge the field or the type instead.');
  const nameOf = (tag: Tag): string => `${partitionOfTag(tag) ?? ''} ${tableOfTag(tag) ?? ''}`;
  const isWhole = (tag: Tag): boolean => tag.endsWith('/*');
  const isTable = (tag: Tag): boolean => /^t\/[^/]+\/[^/?]+$/.test(tag);
  const collapsed = new Set(entry.tags.filter(isTable).map(nameOf));
  const precise = new Set(entry.tags.filter((tag) => !isWhole(tag) && !isTable(tag)).map(nameOf));
  const carried = entry.tags.filter((tag) => !isWhole(tag) || collapsed.has(nameOf(tag)) || !precise.has(nameOf(tag)));
  const mayReach = (tag: Tag): boolean => authority.kind === 'platform' || partitionOfTag(tag) === authority.tenant.id;
  const left = [...new Set(carried.filter((tag) => !mayReach(tag)).flatMap((tag) => tableOfTag(tag) ?? []))].sort();
  const reached = carried.filter(mayReach);
  if (reached.length === 0 && left.length > 0) throw refusedAsShared(authority, 'This value', left);
  return { tags: [tags.key(key), ...reached], tables: [], left };
}

/** A tag of nobody's would be purged without a word and without an effect; most likely it has the slug in it. */
async function checkTenant(world: PurgeWorld, id: Partition): Promise<void> {
  // While the tenants cannot be read, a purge is more useful than this check.
  const tenants = await world.listTenants().catch(() => null);
  if (tenants === null || tenants.some((tenant) => tenant.id === id)) return;
  const meant = tenants.find(({ slug }) => slug === id);
  throw new LarderError('BAD_USER_INPUT', `No tenant has the id ${id}${meant === undefined ? '' : `: the tags of tenant ${id} begin with t/${meant.id}`}.`);
}

function checkedKey({ keyPrefix }: PurgeWorld, authority: Authority, key: string): CacheKey {
  // prefix:partition:layer:name:hash, where prefix and name may contain colons themselves.
  const parts = key.startsWith(`${keyPrefix}:`) ? key.slice(keyPrefix.length + 1).split(':') : [];
  const [owner = '', layer, name] = parts;
  const isOwn = authority.kind === 'platform' || owner === authority.tenant.id;
  if (isGlob(key)) {
    const whole = coveringTag(`t/${owner}/`);
    const isOfField = whole !== EVERYTHING && parts.length > 3 && layer === 'field' && name !== undefined && FIELD.test(name);
    throw globRefused('key', key, within(authority, isOfField ? tags.field(partition(owner), name) : parts.length > 1 ? whole : EVERYTHING));
  }
  const isKey = parts.length >= 4 && /^[A-Za-z0-9_-]{43}$/.test(parts.at(-1) ?? '') && !/\s/.test(key);
  if (!isKey) throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(key)} is no key of this cache: keys begin with "${keyPrefix}:" and end with a hash.`);
  if (!isOwn) throw new LarderError('FORBIDDEN', 'The key belongs to another tenant: purging it requires the role PLATFORM_ADMIN.');
  return key as CacheKey;
}

/** A tag that the authority may purge: for a tenant's admin, at most the whole tenant. */
function within(authority: Authority, tag: Tag): Tag {
  if (authority.kind === 'platform' || partitionOf(tag) === authority.tenant.id) return tag;
  return tags.partition(partition(authority.tenant.id));
}

async function listed(world: PurgeWorld): Promise<readonly TenantName[]> {
  try {
    return await world.listTenants();
  } catch (error) {
    throw unavailable('The tenants could not be read', error);
  }
}

function unavailable(what: string, error: unknown): LarderError {
  const failure = new LarderError('SERVICE_UNAVAILABLE', `${what}: nothing was purged.`);
  failure.cause = error;
  return failure;
}

function quoted(name: string): string {
  return `\`${name}\``;
}
