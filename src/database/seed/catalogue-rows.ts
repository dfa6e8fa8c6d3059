import type {
  dosageForms,
  ingredients,
  manufacturers,
  productGroups,
  productIngredients,
  products,
  routes,
} from '../tables/catalogue.js';
import { derivedId } from './derived-id.js';
import type { OrangeBookProduct } from './orange-book.js';

export interface CatalogueRows {
  readonly manufacturers: readonly (typeof manufacturers.$inferInsert)[];
  readonly dosageForms: readonly (typeof dosageForms.$inferInsert)[];
  readonly routes: readonly (typeof routes.$inferInsert)[];
  readonly ingredients: readonly (typeof ingredients.$inferInsert)[];
  readonly productGroups: readonly (typeof productGroups.$inferInsert)[];
  readonly products: readonly (typeof products.$inferInsert)[];
  readonly productIngredients: readonly (typeof productIngredients.$inferInsert)[];
}

/** The rows of every catalogue table, each name once. */
export function catalogueRows(listed: readonly OrangeBookProduct[]): CatalogueRows {
  const fullNames = usualFullNames(listed);
  const [forms, paths, substances, groups] = [
    new Names('dosage form'),
    new Names('route'),
    new Names('ingredient'),
    new Names('group'),
  ];
  const makers = new Names('manufacturer');
  const rows = listed.map((product) => ({
    id: product.id,
    groupId: groups.idOf(product.tradeName),
    manufacturerId: makers.idOf(product.manufacturer),
    dosageFormId: forms.idOf(product.dosageForm),
    routeId: paths.idOf(product.route),
    applType: product.applType,
    applNo: product.applNo,
    productNo: product.productNo,
    strength: product.strength,
    strengthRemark: product.strengthRemark,
    teCode: product.teCode,
    approvalDate: product.approvalDate,
    approvedBefore1982: product.approvalDate === null,
    referenceListed: product.referenceListed,
    referenceStandard: product.referenceStandard,
    marketingStatus: product.marketingStatus,
  }));
  const contents = listed.flatMap((product) =>
    product.ingredients.map((name, index) => ({
      productId: product.id,
      ingredientId: substances.idOf(name),
      ordinal: index + 1,
    })),
  );
  return {
    manufacturers: makers.rows().map(({ id, name }) => ({ id, name, fullName: fullNames.get(name) ?? name })),
    dosageForms: forms.rows(),
    routes: paths.rows(),
    ingredients: substances.rows(),
    productGroups: groups.rows().map(({ id, name }) => ({ id, tradeName: name })),
    products: rows,
    productIngredients: contents,
  };
}

class Names {
  readonly #ids = new Map<string, string>();

  constructor(private readonly kind: string) {}

  idOf(name: string): string {
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = derivedId(this.kind, name)));
    return id;
  }

  rows(): { id: string; name: string }[] {
    return [...this.#ids].map(([name, id]) => ({ id, name }));
  }
}

/** One manufacturer is written out in several ways: the most frequent counts, of equals the first by alphabet. */
function usualFullNames(listed: readonly OrangeBookProduct[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { manufacturer, manufacturerFullName } of listed) {
    const of = counts.get(manufacturer) ?? new Map<string, number>();
    counts.set(manufacturer, of.set(manufacturerFullName, (of.get(manufacturerFullName) ?? 0) + 1));
  }
  return new Map(
    [...counts].map(([manufacturer, of]) => {
      const [usual] = [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      return [manufacturer, usual?.[0] ?? manufacturer];
    }),
  );
}
