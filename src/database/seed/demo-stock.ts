import type { categories, medicines, stockLevels } from '../tables/pharmacy.js';
import type { DemoTenant } from './demo-accounts.js';
import { DEMO_CATEGORIES, demoCategoryOf } from './demo-categories.js';
import { derivedFraction, derivedId } from './derived-id.js';

/** A product of the catalogue, as far as a pharmacy's shelf needs it. */
export interface SellableProduct {
  readonly id: string;
  readonly tradeName: string;
  readonly strength: string;
  readonly form: string;
  readonly route: string;
}

export interface DemoShelf {
  readonly categories: readonly (typeof categories.$inferInsert)[];
  readonly medicines: readonly (typeof medicines.$inferInsert)[];
  readonly stockLevels: readonly (typeof stockLevels.$inferInsert)[];
}

const RANKED = 200;

/** What a pharmacy sells, at which price, and how much of it is there: made up, and the same every time. */
export function demoShelf(tenant: DemoTenant, products: readonly SellableProduct[], count: number): DemoShelf {
  const chosen = choose(tenant, products, count);
  const shelf = chosen.map((product, index) => {
    const of = (what: string): number => derivedFraction(`${tenant.slug}:${what}:${product.id}`);
    const id = derivedId('medicine', `${tenant.slug}:${product.id}`);
    const reorderLevel = 5 + Math.floor(of('reorder') * 36);
    return {
      medicine: {
        id,
        tenantId: tenant.id,
        productId: product.id,
        categoryId: categoryId(tenant, demoCategoryOf(product.form, product.route).slug),
        name: medicineName(product),
        priceMinor: priceOf(derivedFraction(`price:${product.id}`), tenant.priceLevel),
        rank: index < RANKED ? index + 1 : null,
      },
      stockLevel: { medicineId: id, tenantId: tenant.id, quantity: quantityOf(of('stock'), reorderLevel), reorderLevel },
    };
  });
  return {
    categories: DEMO_CATEGORIES.map(({ slug, names }, index) => ({
      id: categoryId(tenant, slug),
      tenantId: tenant.id,
      slug,
      names: Object.fromEntries(tenant.languages.map((language) => [language, names[language]])),
      sortOrder: (index + 1) * 10,
    })),
    medicines: shelf.map(({ medicine }) => medicine),
    stockLevels: shelf.map(({ stockLevel }) => stockLevel),
  };
}

function categoryId(tenant: DemoTenant, slug: string): string {
  return derivedId('category', `${tenant.slug}:${slug}`);
}

/** Each pharmacy's own selection; of one medicine made by many, one. */
function choose(tenant: DemoTenant, products: readonly SellableProduct[], count: number): SellableProduct[] {
  const drawn = products
    .map((product) => ({ product, lot: derivedFraction(`${tenant.slug}:lot:${product.id}`) }))
    .sort((a, b) => a.lot - b.lot || (a.product.id < b.product.id ? -1 : 1));
  const first = new Map<string, SellableProduct>();
  for (const { product } of drawn) {
    const same = JSON.stringify([product.tradeName, product.strength, product.form]);
    if (!first.has(same)) first.set(same, product);
    if (first.size === count) break;
  }
  return [...first.values()];
}

/** `AMOXICILLIN`, `500MG` → `Amoxicillin 500 mg` */
function medicineName({ tradeName, strength }: SellableProduct): string {
  const words = tradeName.toLowerCase().replace(/(^|[^a-z'])([a-z])/g, (match) => match.toUpperCase());
  const spaced = strength.replace(/(\d)(?=[A-Z])/g, '$1 ');
  const units = spaced.replace(/\b(MG|MCG|GM|ML|HR|DAY|SPRAY|VIAL|ACTUATION)\b/g, (unit) => unit.toLowerCase());
  return `${words} ${units.length > 48 ? `${units.slice(0, 47)}…` : units}`;
}

/** From 2.50 to 250, cheap ones more often. */
function priceOf(fraction: number, level: number): number {
  return Math.round(250 * 100 ** fraction * level);
}

/** 4 in 100 are sold out, 8 more are low. */
function quantityOf(fraction: number, reorderLevel: number): number {
  if (fraction < 0.04) return 0;
  if (fraction < 0.12) return 1 + Math.floor(((fraction - 0.04) / 0.08) * reorderLevel);
  return reorderLevel + 1 + Math.floor(((fraction - 0.12) / 0.88) * 400);
}
