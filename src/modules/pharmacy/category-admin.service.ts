import type { Context, Tenant } from '../../graphql/context.js';
import { duplicatesAre } from '../../graphql/duplicates.js';
import { LarderError } from '../../graphql/errors.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { badInput } from '../../graphql/validation.js';
import { categoryById } from './category.loaders.js';
import { changeCategory, countAllMedicines, insertCategory, lockCategory, removeCategory, type CategoryRow } from './category.queries.js';
import type { CreateCategoryInput, LocalizedTextInput, UpdateCategoryInput } from './category.type.js';

const SLUG_TAKEN = 'The tenant has another category with this slug.';

/** @throws LarderError BAD_USER_INPUT or ALREADY_EXISTS. */
export async function createCategory(ctx: Context, { slug, names, sortOrder }: CreateCategoryInput): Promise<CategoryRow> {
  const category = { tenantId: ctx.tenant.id, slug, names: namesIn(ctx.tenant, names), sortOrder };
  const id = await ctx.transaction('tenant', (tx) => insertCategory(tx, category)).catch(duplicatesAre(SLUG_TAKEN));
  return loadCategory(ctx, id);
}

/** @throws LarderError BAD_USER_INPUT, NOT_FOUND or ALREADY_EXISTS. */
export async function updateCategory(ctx: Context, { id, slug, names, sortOrder }: UpdateCategoryInput): Promise<CategoryRow> {
  const categoryId = idOf(id);
  const changes = {
    slug: slug ?? undefined,
    names: names === undefined || names === null ? undefined : namesIn(ctx.tenant, names),
    sortOrder: sortOrder ?? undefined,
  };
  const isThere = await ctx.transaction('tenant', (tx) => changeCategory(tx, categoryId, changes)).catch(duplicatesAre(SLUG_TAKEN));
  if (!isThere) throw categoryNotFound();
  return loadCategory(ctx, categoryId);
}

/** Deletes an empty category. Returns its id. @throws LarderError NOT_FOUND, or IN_USE with `medicines`. */
export async function deleteCategory(ctx: Context, id: string): Promise<string> {
  const categoryId = idOf(id);
  await ctx.transaction('tenant', async (tx) => {
    if (!(await lockCategory(tx, categoryId))) throw categoryNotFound();
    const medicines = await countAllMedicines(tx, categoryId);
    if (medicines > 0) {
      throw new LarderError('IN_USE', `${medicines} medicines are in the category, discontinued ones included: move them to another.`, { medicines });
    }
    await removeCategory(tx, categoryId);
  });
  return categoryId;
}

/** By the tenant's own spelling of its languages. */
function namesIn(tenant: Tenant, names: readonly LocalizedTextInput[]): Record<string, string> {
  const byLanguage = new Map<string, string>();
  for (const { language, text } of names) {
    const known = tenant.languages.find((own) => own.toLowerCase() === language.trim().toLowerCase());
    if (known === undefined) throw badInput(`\`names\` has a language that is none of the tenant's: ${tenant.languages.join(', ')}.`);
    if (byLanguage.has(known)) throw badInput(`\`names\` has two names in the language ${known}.`);
    byLanguage.set(known, text.trim());
  }
  if (!byLanguage.has(tenant.defaultLanguage)) throw badInput(`\`names\` has none in ${tenant.defaultLanguage}, the tenant's default language.`);
  return Object.fromEntries(byLanguage);
}

function idOf(id: string): string {
  const categoryId = uuidOrNull(id);
  if (categoryId === null) throw categoryNotFound();
  return categoryId;
}

async function loadCategory(ctx: Context, id: string): Promise<CategoryRow> {
  const found = await ctx.load(categoryById).load(id);
  if (found === null) throw categoryNotFound();
  return found;
}

function categoryNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'The tenant has no category with this id.');
}
