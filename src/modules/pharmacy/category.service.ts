import type { Context } from '../../graphql/context.js';
import { categoryList } from './category.loaders.js';
import type { CategoryRow } from './category.queries.js';
import type { LocalizedText } from './category.type.js';

/** A category, and the language that its parent field was asked for, if it was. */
export interface CategoryData extends CategoryRow {
  readonly language?: string;
}

export async function categoriesIn(ctx: Context, language: string | null | undefined): Promise<readonly CategoryData[]> {
  const rows = await ctx.load(categoryList).load({});
  if (language === undefined || language === null) return rows;
  const resolved = ctx.language(language);
  return rows.map((row) => ({ ...row, language: resolved }));
}

/** In the argument's language, else the parent field's, else the request's; where it has no name, the tenant's default. */
export function categoryName(ctx: Context, category: CategoryData, language: string | null | undefined): string {
  const { names, slug } = category;
  return names[ctx.language(language ?? category.language)] ?? names[ctx.tenant.defaultLanguage] ?? slug;
}

export function namesOf({ names }: CategoryRow): readonly LocalizedText[] {
  return Object.entries(names)
    .map(([language, text]) => ({ language, text }))
    .sort((a, b) => (a.language < b.language ? -1 : 1));
}
