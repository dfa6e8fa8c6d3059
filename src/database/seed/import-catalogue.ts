import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { sql } from 'drizzle-orm';
import type { Database, Db } from '../database.js';
import {
  dosageForms,
  ingredients,
  manufacturers,
  productGroups,
  productIngredients,
  products,
  routes,
} from '../tables/catalogue.js';
import { bulkWrite } from './bulk-write.js';
import { catalogueRows, type CatalogueRows } from './catalogue-rows.js';
import { HEADER, parseProduct, type OrangeBookProduct } from './orange-book.js';
import { silentProgress, type Progress } from './progress.js';

/** The FDA's product file, delivered with the project. */
export const ORANGE_BOOK = fileURLToPath(new URL('../../../drizzle/data/orange-book-products.txt.gz', import.meta.url));

export interface ImportOptions {
  /** A file, gzipped or not, when `lines` are not given. */
  readonly path?: string;
  /** Lines of the file, header included. */
  readonly lines?: Iterable<string> | AsyncIterable<string>;
  /** Reads no more products than this. */
  readonly limit?: number;
  readonly progress?: Progress;
}

export interface MalformedRow {
  /** In the file, counted from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ImportReport {
  /** Lines read, the header aside: `products + malformed.length`. */
  readonly lines: number;
  readonly products: number;
  readonly groups: number;
  readonly manufacturers: number;
  readonly forms: number;
  readonly routes: number;
  readonly ingredients: number;
  /** How many of the malformed rows repeat a product. */
  readonly duplicates: number;
  readonly malformed: readonly MalformedRow[];
}

/**
 * Brings the catalogue up to date with the product file, in one transaction. Rows that cannot be used are reported, each
 * with its reason. Products that are no longer listed stay: tenants may sell what is left of them.
 */
export async function importCatalogue(database: Database, options: ImportOptions = {}): Promise<ImportReport> {
  const progress = options.progress ?? silentProgress;
  const read = await readProducts(options);
  const rows = catalogueRows(read.products);
  await database.write('platform', (tx) => writeCatalogue(tx, rows, progress));
  // PGlite never gathers statistics by itself, and PostgreSQL only later.
  await database.owner((tx) =>
    tx.execute(sql`analyze manufacturers, dosage_forms, routes, ingredients, product_groups, products, product_ingredients`),
  );
  return {
    lines: read.products.length + read.malformed.length,
    products: rows.products.length,
    groups: rows.productGroups.length,
    manufacturers: rows.manufacturers.length,
    forms: rows.dosageForms.length,
    routes: rows.routes.length,
    ingredients: rows.ingredients.length,
    duplicates: read.duplicates,
    malformed: read.malformed,
  };
}

interface ProductsRead {
  readonly products: readonly OrangeBookProduct[];
  readonly duplicates: number;
  readonly malformed: readonly MalformedRow[];
}

async function readProducts({
  path = ORANGE_BOOK,
  lines = linesOf(path),
  limit = Infinity,
}: ImportOptions): Promise<ProductsRead> {
  const products: OrangeBookProduct[] = [];
  const malformed: MalformedRow[] = [];
  const lineOf = new Map<string, number>();
  let duplicates = 0;
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line === 1) {
      if (text.trim() !== HEADER) throw new Error('this is no Orange Book product file: its first line is not the known header');
      continue;
    }
    if (line - 1 > limit) break;
    const parsed = parseProduct(text);
    if ('malformed' in parsed) {
      malformed.push({ line, reason: parsed.malformed });
      continue;
    }
    const earlier = lineOf.get(parsed.id);
    if (earlier === undefined) {
      lineOf.set(parsed.id, line);
      products.push(parsed);
    } else {
      duplicates++;
      malformed.push({ line, reason: `product ${parsed.id} is listed on line ${earlier} already` });
    }
  }
  if (line === 0) throw new Error('the product file is empty');
  return { products, duplicates, malformed };
}

async function* linesOf(path: string): AsyncIterable<string> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not carry errors: a missing file would otherwise be an unhandled one.
  file.on('error', (error) => text.destroy(error));
  yield* createInterface({ input: text, crlfDelay: Infinity });
}

async function writeCatalogue(tx: Db, rows: CatalogueRows, progress: Progress): Promise<void> {
  const tables = Object.values<readonly unknown[]>({ ...rows });
  progress.start(
    'Importing the product catalogue',
    tables.reduce((sum, of) => sum + of.length, 0),
  );
  const written = (count: number): void => progress.advance(count);
  await bulkWrite(tx, { table: manufacturers, rows: rows.manufacturers, existing: 'update' }, written);
  await bulkWrite(tx, { table: dosageForms, rows: rows.dosageForms, existing: 'update' }, written);
  await bulkWrite(tx, { table: routes, rows: rows.routes, existing: 'update' }, written);
  await bulkWrite(tx, { table: ingredients, rows: rows.ingredients, existing: 'update' }, written);
  await bulkWrite(tx, { table: productGroups, rows: rows.productGroups, existing: 'update' }, written);
  await bulkWrite(tx, { table: products, rows: rows.products, existing: 'update' }, written);
  await bulkWrite(tx, { table: productIngredients, rows: rows.productIngredients, existing: 'update' }, written);
  await dropSurplusIngredients(tx, rows);
  progress.done();
}

/** A product listed with fewer ingredients than before keeps none of the others. */
async function dropSurplusIngredients(tx: Db, rows: CatalogueRows): Promise<void> {
  const counts: Record<string, number> = {};
  for (const { productId, ordinal } of rows.productIngredients) counts[productId] = Math.max(counts[productId] ?? 0, ordinal);
  await tx.execute(
    sql`delete from product_ingredients using jsonb_each_text(${JSON.stringify(counts)}::text::jsonb) as listed (product_id, last)
      where product_ingredients.product_id = listed.product_id and product_ingredients.ordinal > listed.last::int`,
  );
}
