import { EVERYTHING, GLOBAL, partition, tags, type Partition, type Tag } from '../cache/index.js';
import { LarderError } from '../graphql/errors.js';
import type { Admin, Authority, CachedType, TenantName } from './admin.js';
import { coveringTag, isGlob, partitionOf, readTag } from './tag-forms.js';

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
export type PurgeWorld = Pick<Admin, 'keyPrefix' | 'types' | 'fields' | 'profiles' | 'listTenants'>;

/** Longer than any name, key or tag of the cache. */
const MAX_LENGTH = 512;

const FIELD = /^[A-Za-z_]\w{0,127}(\.[A-Za-z_]\w{0,127})?$/;

/** The tags that cover a request, if the authority suffices for it. */
export async function tagsOfPurge(world: PurgeWorld, authority: Authority, request: PurgeRequest): Promise<readonly Tag[]> {
  const kind = kindOf(request);
  checkLengths(request);
  if (kind === 'tag') return [await ownedTag(world, authority, request.tag ?? '')];
  if (kind === 'key') return [ownedKey(world, authority, request.key ?? '')];

  const reach = await reachOf(world, authority, request.tenant ?? null);
  switch (kind) {
    case 'tenant':
    case 'everything':
      return [reach === null ? EVERYTHING : tags.partition(reach)];
    case 'field':
      return [tags.field(reach, fieldName(world, request.field ?? '', reach))];
    case 'profile':
      return [tags.profile(reach, profileName(world, request.profile ?? '', reach))];
    case 'type': {
      const type = typeNamed(world, request.type ?? '', reach);
      const partitions = await partitionsOf(world, type, { authority, reach });
      // What a bulk write emits: it reaches everything that read the table.
      return partitions.flatMap((of) => [tags.table(of, type.table), tags.everyRow(of, type.table)]);
    }
    case 'entity': {
      const entity = request.entity ?? { type: '', id: '' };
      const type = typeNamed(world, entity.type, reach);
      const partitions = await partitionsOf(world, type, { authority, reach });
      if (isGlob(entity.id)) throw globRefused('entity', entity.id, tags.everyRow(partitions[0] ?? GLOBAL, type.table));
      if (entity.id === '') throw new LarderError('BAD_USER_INPUT', '`entity.id` is empty: give the id of a row.');
      // The table's tag is carried by what does not say which rows it read, and may contain this one.
      return partitions.flatMap((of) => [tags.table(of, type.table), tags.row(of, type.table, asStored(entity.id))]);
    }
  }
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

/** The partitions in which a type is to be purged. */
async function partitionsOf(
  world: PurgeWorld,
  type: CachedType,
  { authority, reach }: { readonly authority: Authority; readonly reach: Partition | null },
): Promise<readonly Partition[]> {
  if (type.partition === 'global') {
    if (authority.kind === 'tenant') throw new LarderError('FORBIDDEN', `All tenants share ${type.table}: purging it requires the role PLATFORM_ADMIN.`);
    if (reach !== null) throw new LarderError('BAD_USER_INPUT', `All tenants share ${type.table}: leave \`tenant\` out.`);
    return [GLOBAL];
  }
  return reach === null ? (await listed(world)).map(({ id }) => partition(id)) : [reach];
}

function typeNamed({ types }: PurgeWorld, name: string, reach: Partition | null): CachedType {
  if (isGlob(name)) throw globRefused('type', name, wholeOf(reach));
  const known = Object.hasOwn(types, name) ? types[name] : Object.values(types).find(({ table }) => table === name);
  if (known !== undefined) return known;
  throw new LarderError('BAD_USER_INPUT', `No cached type or table has the name ${JSON.stringify(name)}: there are ${Object.keys(types).join(', ')}.`);
}

function fieldName({ fields }: PurgeWorld, name: string, reach: Partition | null): string {
  if (isGlob(name)) throw globRefused('field', name, wholeOf(reach));
  // Names without a type are those of loaders, lists and values, of which there is no register.
  if (fields.includes(name) || (FIELD.test(name) && !name.includes('.'))) return name;
  throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(name)} is no cached field: there are ${fields.join(', ')}, and the names of loaders and lists.`);
}

function profileName({ profiles }: PurgeWorld, name: string, reach: Partition | null): string {
  if (isGlob(name)) throw globRefused('profile', name, wholeOf(reach));
  if (profiles.includes(name)) return name;
  throw new LarderError('BAD_USER_INPUT', `No profile has the name ${JSON.stringify(name)}: there are ${profiles.join(', ')}.`);
}

async function ownedTag(world: PurgeWorld, authority: Authority, text: string): Promise<Tag> {
  const form = readTag(text);
  if (form === null) {
    if (isGlob(text)) throw globRefused('tag', text, within(authority, coveringTag(text)));
    throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(text)} is no tag: tags look like t/<tenant id>/medicines/<id> or t/<tenant id>/medicines?category_id=<id>.`);
  }
  if (form.key !== undefined) return ownedKey(world, authority, form.key);
  if (authority.kind === 'tenant' && form.partition !== authority.tenant.id) {
    throw new LarderError('FORBIDDEN', `Tag ${text} reaches beyond tenant ${authority.tenant.slug} (t/${authority.tenant.id}): that requires the role PLATFORM_ADMIN.`);
  }
  if (authority.kind === 'platform' && form.partition !== null && form.partition !== GLOBAL) await checkTenant(world, form.partition);
  return form.tag;
}

/** A tag of nobody's would be purged without a word and without an effect; most likely it has the slug in it. */
async function checkTenant(world: PurgeWorld, id: Partition): Promise<void> {
  // While the tenants cannot be read, a purge is more useful than this check.
  const tenants = await world.listTenants().catch(() => null);
  if (tenants === null || tenants.some((tenant) => tenant.id === id)) return;
  const meant = tenants.find(({ slug }) => slug === id);
  throw new LarderError('BAD_USER_INPUT', `No tenant has the id ${id}${meant === undefined ? '' : `: the tags of tenant ${id} begin with t/${meant.id}`}.`);
}

function ownedKey({ keyPrefix }: PurgeWorld, authority: Authority, key: string): Tag {
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
  return tags.key(key);
}

/** PostgreSQL writes UUIDs in lower case, and so do tags. */
function asStored(id: string): string {
  return /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i.test(id) ? id.toLowerCase() : id;
}

function globRefused(what: string, pattern: string, tag: Tag): LarderError {
  return new LarderError('GLOB_NOT_SUPPORTED', `\`${what}\` is a pattern, ${JSON.stringify(pattern)}, and patterns are not supported: tag ${tag} covers it.`, { tag });
}

function wholeOf(reach: Partition | null): Tag {
  return reach === null ? EVERYTHING : tags.partition(reach);
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
    const failure = new LarderError('SERVICE_UNAVAILABLE', 'The tenants could not be read: nothing was purged.');
    failure.cause = error;
    throw failure;
  }
}

function quoted(name: string): string {
  return `\`${name}\``;
}
