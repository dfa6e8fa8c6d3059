import { eq } from 'drizzle-orm';
import { schema } from '../../../src/database/schema.js';
import type { MarkedTenant } from '../../flow/isolation/marked-tenants.js';
import type { Choices } from '../choices.js';
import type { Json } from '../documents/meaning.js';
import type { Api } from './two-apis.js';

export interface OwnIds {
  readonly medicines: string[];
  readonly categories: string[];
  readonly users: readonly string[];
}

const NOTHING = '00000000-0000-4000-8000-000000000000';
const SEARCHES = ['a', 'tablet', 'sold at', 'zzz', 'E', '', '%', 'o'];
const SIZES = [2, 1, 3, 5, 20];
const LANGUAGES = [null, 'en', 'de', 'fr'];
const MEDICINES = 8;

/** Ids that lead to something, so that queries which ask by ids find it; a few that do not. */
export class KnownIds {
  private constructor(
    private readonly byTenant: ReadonlyMap<MarkedTenant, OwnIds>,
    private readonly products: readonly string[],
    private readonly groups: readonly string[],
  ) {}

  static async load({ app }: Api, tenants: readonly MarkedTenant[]): Promise<KnownIds> {
    const { categories, medicines, productGroups, products, memberships } = schema;
    const ids = async (table: typeof products | typeof productGroups): Promise<string[]> =>
      (await app.database.read('platform', (db) => db.select({ id: table.id }).from(table).orderBy(table.id).limit(6))).map(({ id }) => id);
    const byTenant = new Map<MarkedTenant, OwnIds>();
    for (const tenant of tenants) {
      const of = async (table: typeof medicines | typeof categories, limit: number): Promise<string[]> =>
        (await app.database.read('platform', (db) => db.select({ id: table.id }).from(table).where(eq(table.tenantId, tenant.id)).orderBy(table.id).limit(limit))).map(({ id }) => id);
      const members = await app.database.read('platform', (db) => db.select({ id: memberships.userId }).from(memberships).where(eq(memberships.tenantId, tenant.id)).orderBy(memberships.userId));
      byTenant.set(tenant, { medicines: await of(medicines, MEDICINES), categories: await of(categories, 20), users: members.map(({ id }) => id) });
    }
    return new KnownIds(byTenant, [...(await ids(products)), ...tenants.map(({ productId }) => productId)], [...(await ids(productGroups)), ...tenants.map(({ groupId }) => groupId)]);
  }

  of(tenant: MarkedTenant): OwnIds {
    const own = this.byTenant.get(tenant);
    if (own === undefined) throw new Error(`nothing is known of ${tenant.slug}`);
    return own;
  }

  /** For the generator of queries. */
  argument(coordinate: string, choices: Choices): Json | undefined {
    const name = coordinate.split('.').at(-1);
    if (name === 'first' && choices.chance(0.95)) return choices.pick(SIZES);
    // Pages that follow are asked for with cursors that were handed out: see `ApiAnswers`.
    if (name === 'after' && choices.chance(0.95)) return null;
    if (name === 'language' && choices.chance(0.9)) return choices.pick(LANGUAGES);
    if (name === 'search' && choices.chance(0.6)) return choices.pick(SEARCHES);
    if (coordinate === 'Query.nodes.ids') return Array.from({ length: choices.below(4) }, () => this.#any(choices));
    if (name !== 'id' && name !== 'medicineId' && name !== 'categoryId') return undefined;
    if (choices.chance(0.03)) return undefined;
    if (name === 'categoryId' && choices.chance(0.6)) return null;
    return this.#ofKind(choices, name === 'id' ? coordinate : name);
  }

  #ofKind(choices: Choices, what: string): string {
    const own = [...this.byTenant.values()];
    switch (what) {
      case 'Query.medicine.id':
      case 'medicineId':
        return choices.pick(own.flatMap(({ medicines }) => medicines));
      case 'categoryId':
        return choices.pick(own.flatMap(({ categories }) => categories));
      case 'Query.product.id':
        return choices.pick(this.products);
      case 'Query.medicineGroup.id':
        return choices.pick(this.groups);
      case 'Query.user.id':
        return choices.pick(own.flatMap(({ users }) => users));
      default:
        return this.#any(choices);
    }
  }

  #any(choices: Choices): string {
    const own = [...this.byTenant.entries()];
    return choices.pick([...own.flatMap(([tenant, { medicines, categories, users }]) => [...medicines, ...categories, ...users, tenant.id]), ...this.products, ...this.groups, NOTHING]);
  }
}
