import { asc, inArray } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { categories } from '../../database/tables/pharmacy.js';

export interface CategoryRow {
  readonly id: string;
  readonly slug: string;
  /** By language. */
  readonly names: Readonly<Record<string, string>>;
}

export const categoryColumns = {
  id: categories.id,
  slug: categories.slug,
  names: categories.names,
};

export const categoriesById = (db: Db, ids: readonly string[]): Promise<CategoryRow[]> =>
  db.select(categoryColumns).from(categories).where(inArray(categories.id, [...ids]));

export const allCategories = (db: Db): Promise<CategoryRow[]> =>
  db.select(categoryColumns).from(categories).orderBy(asc(categories.sortOrder), asc(categories.id));
