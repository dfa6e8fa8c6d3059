import { forgetPartition, partition } from '../../cache/index.js';
import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context, Tenant } from '../../graphql/context.js';
import { duplicatesAre } from '../../graphql/duplicates.js';
import { LarderError } from '../../graphql/errors.js';
import { textPageAsk } from '../../graphql/page-args.js';
import { searchText } from '../../graphql/search.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { badInput } from '../../graphql/validation.js';
import { tenantById, tenantList } from './tenant.loaders.js';
import { changeTenant, insertTenant, lockTenant, removeTenant, type TenantFilter } from './tenant.queries.js';
import type { CreateTenantInput, DeleteTenantInput, TenantsArgs, UpdateTenantInput, UpdateTenantSettingsInput } from './tenant.type.js';

const SLUG_TAKEN = 'Another tenant has this slug.';

export type TenantPage = Connection<Tenant, TenantFilter>;

/** @throws LarderError CURSOR_INVALID. */
export async function tenants(ctx: Context, args: TenantsArgs): Promise<TenantPage> {
  const filter: TenantFilter = { search: searchText(args.search) };
  const page = textPageAsk(args, uuidOrNull);
  const found = await ctx.load(tenantList).load({ ...filter, page });
  return toConnection(found, { ask: page, keyOf: ({ slug, id }) => [slug, id], of: filter });
}

/** @throws LarderError BAD_USER_INPUT or ALREADY_EXISTS. */
export async function createTenant(ctx: Context, { slug, name, languages, defaultLanguage, currency }: CreateTenantInput): Promise<Tenant> {
  const [first] = languages;
  const tenant = { slug, name: name.trim(), languages, defaultLanguage: defaultLanguage ?? first ?? '', currency };
  checkDefault(tenant);
  const id = await ctx.transaction('platform', (tx) => insertTenant(tx, tenant)).catch(duplicatesAre(SLUG_TAKEN));
  return loadTenant(ctx, id);
}

/** @throws LarderError NOT_FOUND or ALREADY_EXISTS. */
export async function updateTenant(ctx: Context, { id, slug, name }: UpdateTenantInput): Promise<Tenant> {
  const tenantId = idOf(id);
  const update = ctx.transaction('platform', async (tx) => {
    if ((await lockTenant(tx, tenantId)) === null) throw tenantNotFound();
    await changeTenant(tx, tenantId, { slug: slug ?? undefined, name: name?.trim() });
  });
  await update.catch(duplicatesAre(SLUG_TAKEN));
  return loadTenant(ctx, tenantId);
}

/** Of the tenant of the request. @throws LarderError BAD_USER_INPUT. */
export async function updateTenantSettings(ctx: Context, { name, languages, defaultLanguage }: UpdateTenantSettingsInput): Promise<Tenant> {
  const { id } = ctx.tenant;
  const changes = { name: name?.trim(), languages: languages ?? undefined, defaultLanguage: defaultLanguage ?? undefined };
  // In the platform's name: a tenant itself may only read its row.
  await ctx.transaction('platform', async (tx) => {
    const before = await lockTenant(tx, id);
    if (before === null) throw tenantNotFound();
    checkDefault({ languages: changes.languages ?? before.languages, defaultLanguage: changes.defaultLanguage ?? before.defaultLanguage });
    await changeTenant(tx, id, changes);
  });
  return loadTenant(ctx, id);
}

/**
 * Deletes a tenant with all that is its own, also from the cache. Returns its id.
 *
 * @throws LarderError NOT_FOUND, or BAD_USER_INPUT when the slug is another's.
 */
export async function deleteTenant(ctx: Context, { id, slug }: DeleteTenantInput): Promise<string> {
  const tenantId = idOf(id);
  await ctx.transaction('platform', async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (tenant === null) throw tenantNotFound();
    if (tenant.slug !== slug) throw badInput('`slug` is not that of the tenant with this id: nothing was deleted.');
    await removeTenant(tx, tenantId);
  });
  await forgetPartition(ctx.reader.cache, partition(tenantId));
  return tenantId;
}

function checkDefault({ languages, defaultLanguage }: Pick<Tenant, 'languages' | 'defaultLanguage'>): void {
  if (!languages.includes(defaultLanguage)) throw badInput(`\`defaultLanguage\` is none of the languages: ${languages.join(', ')}.`);
}

function idOf(id: string): string {
  const tenantId = uuidOrNull(id);
  if (tenantId === null) throw tenantNotFound();
  return tenantId;
}

async function loadTenant(ctx: Context, id: string): Promise<Tenant> {
  const found = await ctx.load(tenantById).load(id);
  if (found === null) throw tenantNotFound();
  return found;
}

function tenantNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'There is no tenant with this id.');
}
