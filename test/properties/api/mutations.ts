import type { MarkedTenant } from '../../flow/isolation/marked-tenants.js';
import type { Choices } from '../choices.js';
import type { OwnIds } from './known-ids.js';

export interface Mutation {
  readonly query: string;
  readonly input: unknown;
  /** Whether staff do it; else an administrator of the tenant. */
  readonly byStaff?: true;
  /** What follows for later queries, once it has been done. */
  readonly then?: (data: Readonly<Record<string, unknown>>) => void;
}

export interface Changing {
  readonly tenant: MarkedTenant;
  readonly ids: OwnIds;
  readonly choices: Choices;
  /** Addresses of staff who are administrators now. */
  readonly promoted: Set<string>;
}

const withInput = (field: string, type: string, selection: string): string => `mutation ($input: ${type}!) { ${field}(input: $input) ${selection} }`;

/** Ways to change what a tenant has. Every text carries its marker. */
const KINDS: readonly ((changing: Changing) => Mutation)[] = [
  ({ choices, tenant, ids }) => ({
    query: withInput('updateMedicine', 'UpdateMedicineInput', '{ id name price { amount } category { id medicineCount } }'),
    input: {
      id: choices.pick(ids.medicines),
      ...(choices.chance(0.5) ? { priceAmount: choices.below(5_000) } : {}),
      ...(choices.chance(0.4) ? { categoryId: choices.pick(ids.categories) } : {}),
      ...(choices.chance(0.3) ? { name: `${choices.pick(['A', 'b', 'Zz'])} ${choices.below(50)} ${tenant.searchable} ${tenant.marker}` } : {}),
      ...(choices.chance(0.2) ? { discontinued: choices.chance(0.5) } : {}),
    },
  }),
  ({ choices, ids }) => ({
    query: withInput('sellMedicine', 'SellMedicineInput', '{ stock { quantity } }'),
    input: { medicineId: choices.pick(ids.medicines), quantity: 1 + choices.below(30) },
    byStaff: true,
  }),
  ({ choices, ids, tenant }) => ({
    query: withInput('adjustStock', 'AdjustStockInput', '{ stock { quantity low } }'),
    input: { medicineId: choices.pick(ids.medicines), delta: choices.below(200) - 100, note: tenant.marker },
    byStaff: true,
  }),
  ({ choices, ids, tenant }) => ({
    query: withInput('receiveShipment', 'ReceiveShipmentInput', '{ __typename }'),
    input: { items: Array.from({ length: 1 + choices.below(3) }, () => ({ medicineId: choices.pick(ids.medicines), quantity: 1 + choices.below(20) })), note: tenant.marker },
    byStaff: true,
  }),
  ({ tenant, ids }) => ({
    query: withInput('createMedicine', 'CreateMedicineInput', '{ id }'),
    input: { productId: tenant.unofferedProductId, categoryId: ids.categories[0], priceAmount: 100, name: `New ${tenant.searchable} ${tenant.marker}` },
    then: ({ createMedicine }) => void ids.medicines.push((createMedicine as { id: string }).id),
  }),
  ({ choices, ids }) => ({ query: 'mutation ($input: ID!) { discontinueMedicine(id: $input) { id } }', input: choices.pick(ids.medicines) }),
  ({ choices, tenant, ids }) => ({
    query: withInput('createCategory', 'CreateCategoryInput', '{ id }'),
    input: { slug: `c${choices.below(5)}-${tenant.marker}`, names: [{ language: tenant.defaultLanguage, text: `Category ${tenant.marker}` }], sortOrder: choices.below(4) },
    then: ({ createCategory }) => void ids.categories.push((createCategory as { id: string }).id),
  }),
  ({ choices, tenant, ids }) => ({
    query: withInput('updateCategory', 'UpdateCategoryInput', '{ id }'),
    input: {
      id: choices.pick(ids.categories),
      ...(choices.chance(0.5) ? { sortOrder: choices.below(9) } : {}),
      ...(choices.chance(0.5) ? { names: [tenant.defaultLanguage, ...(choices.chance(0.5) ? ['en'] : [])].filter((language, at, all) => all.indexOf(language) === at).map((language) => ({ language, text: `${language} ${choices.below(9)} ${tenant.marker}` })) } : {}),
    },
  }),
  ({ choices, ids }) => ({ query: 'mutation ($input: ID!) { deleteCategory(id: $input) { __typename } }', input: choices.pick([...ids.categories].reverse()) }),
  ({ choices, tenant }) => ({
    query: withInput('updateTenantSettings', 'UpdateTenantSettingsInput', '{ id }'),
    input: { name: `Name ${choices.below(9)} ${tenant.marker}`, languages: choices.chance(0.5) ? ['en', 'de', 'fr'] : [tenant.defaultLanguage, tenant.defaultLanguage === 'en' ? 'fr' : 'en'] },
  }),
  ({ choices, tenant, promoted }) => {
    const role = choices.pick(['STAFF', 'TENANT_ADMIN']);
    return {
      query: withInput('updateUser', 'UpdateUserInput', '{ id }'),
      input: { id: tenant.staffId, role },
      then: () => void (role === 'STAFF' ? promoted.delete(tenant.staff) : promoted.add(tenant.staff)),
    };
  },
  ({ choices, tenant }) => ({ query: withInput('updateUser', 'UpdateUserInput', '{ id }'), input: { id: tenant.guestId, name: `Guest ${choices.below(9)} ${tenant.marker}` } }),
  ({ choices, tenant }) => ({
    query: withInput('cachePurge', 'CachePurgeInput', '{ __typename }'),
    input: choices.pick([{ tenant: tenant.slug }, { type: 'Medicine' }, { type: 'Category' }, { field: 'Query.medicines' }]),
  }),
];

export function anyMutation(changing: Changing): Mutation {
  return changing.choices.pick(KINDS)(changing);
}
