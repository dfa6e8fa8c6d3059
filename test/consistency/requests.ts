import type { Answer, Ask } from './http-client.js';
import type { Observation, SeenMedicine } from './observation.js';
import type { List, MedicineRow, Shelf } from './shelves.js';

/** What is asked, and how the answer is to be understood. */
export interface ReadRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tenant: string;
  /** Rows and lists that it is about: a write to one of them is a write to the same thing. */
  readonly about: readonly string[];
  readonly observe: (data: Answer['data']) => readonly Observation[];
}

const MEDICINE = 'id name rank discontinued price { amount } category { id }';
const STOCK = 'quantity low';

interface MedicineAnswer {
  readonly id: string;
  readonly name: string;
  readonly rank: number | null;
  readonly discontinued: boolean;
  readonly price: { readonly amount: number };
  readonly category: { readonly id: string };
}

type WithStock = MedicineAnswer & { readonly stock: StockAnswer | null };

interface StockAnswer {
  readonly quantity: number;
  readonly low: boolean;
}

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: MedicineAnswer }[];
}

export function medicineRequest(of: MedicineRow): ReadRequest {
  return {
    query: `query ($id: ID!) { medicine(id: $id) { ${MEDICINE} stock { ${STOCK} } } }`,
    variables: { id: of.id },
    tenant: of.tenant,
    about: [of.medicine.name, of.stock.name],
    observe: (data) => {
      const row = data['medicine'] as WithStock | null;
      const medicine: Observation = { kind: 'medicine', of, seen: row === null ? null : seen(row) };
      return row === null ? [medicine] : [medicine, { kind: 'stock', of, seen: row.stock?.quantity ?? null }];
    },
  };
}

export function stockRequest(of: MedicineRow): ReadRequest {
  return {
    query: `query ($id: ID!) { stock(medicineId: $id) { ${STOCK} } }`,
    variables: { id: of.id },
    tenant: of.tenant,
    about: [of.stock.name],
    observe: (data) => [{ kind: 'stock', of, seen: (data['stock'] as StockAnswer | null)?.quantity ?? null }],
  };
}

/** @param parts rows, their number, or both: they are entries of their own. */
export function listRequest(shelf: Shelf, of: List, parts: 'rows' | 'count' | 'both' = 'both'): ReadRequest {
  const common = { tenant: shelf.tenant, about: [of.key] };
  if (of.query.kind === 'top') {
    return {
      ...common,
      query: `{ topMedicines { ${MEDICINE} } }`,
      variables: {},
      observe: (data) => [{ kind: 'list', of, shelf, seen: (data['topMedicines'] as MedicineAnswer[]).map(seen) }],
    };
  }
  const { categoryId, search } = of.query;
  const selection = `${parts === 'rows' ? '' : 'totalCount'} ${parts === 'count' ? '' : `edges { node { ${MEDICINE} } }`}`;
  return {
    ...common,
    query: `query ($categoryId: ID, $search: String) { medicines(first: 100, categoryId: $categoryId, search: $search) { ${selection} } }`,
    variables: { ...(categoryId === null ? {} : { categoryId }), ...(search === null ? {} : { search }) },
    observe: (data) => {
      const page = data['medicines'] as Page;
      return [
        ...(parts === 'count' ? [] : [{ kind: 'list' as const, of, shelf, seen: page.edges.map(({ node }) => seen(node)) }]),
        ...(parts === 'rows' ? [] : [{ kind: 'count' as const, of, shelf, seen: page.totalCount }]),
      ];
    },
  };
}

export function categoriesRequest(shelf: Shelf): ReadRequest {
  const lists = shelf.lists.filter(({ query }) => query.kind === 'medicines' && query.categoryId !== null && query.search === null);
  return {
    query: '{ categories { id medicineCount } }',
    variables: {},
    tenant: shelf.tenant,
    about: lists.map(({ key }) => key),
    observe: (data) => {
      const counted = new Map((data['categories'] as { id: string; medicineCount: number }[]).map(({ id, medicineCount }) => [id, medicineCount]));
      return lists.map((of): Observation => {
        const categoryId = of.query.kind === 'medicines' ? of.query.categoryId : null;
        return { kind: 'count', of, shelf, seen: counted.get(categoryId ?? '') ?? -1 };
      });
    },
  };
}

export function lowStockRequest(shelf: Shelf): ReadRequest {
  return {
    query: '{ lowStockCount }',
    variables: {},
    tenant: shelf.tenant,
    about: [lowStockOf(shelf.tenant)],
    observe: (data) => [{ kind: 'low stock', shelf, seen: data['lowStockCount'] as number }],
  };
}

export function lowStockOf(tenant: string): string {
  return `${tenant}/low stock`;
}

/** Everything that the API shows of a shelf. */
export function everythingOf(shelf: Shelf): readonly ReadRequest[] {
  return [
    ...shelf.rows.flatMap((row) => [medicineRequest(row), stockRequest(row)]),
    ...shelf.lists.flatMap((list) => [listRequest(shelf, list), listRequest(shelf, list, 'count')]),
    categoriesRequest(shelf),
    lowStockRequest(shelf),
  ];
}

export function askOf({ query, variables, tenant }: Pick<ReadRequest, 'query' | 'variables' | 'tenant'>, token: string, after: string | null = null): Ask {
  return {
    query,
    variables,
    headers: { 'x-tenant': tenant, authorization: `Bearer ${token}`, ...(after === null ? {} : { 'larder-after': after }) },
  };
}

function seen({ id, name, rank, discontinued, price, category }: MedicineAnswer): SeenMedicine {
  return { id, name, rank, discontinued, price: price.amount, categoryId: category.id };
}

const UPDATE = `mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { ${MEDICINE} } }`;
const ADJUST = `mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { ${STOCK} } } }`;
const SELL = `mutation ($input: SellMedicineInput!) { sellMedicine(input: $input) { stock { ${STOCK} } } }`;

/** A mutation, and what its own answer shows. */
export type WriteRequest = Omit<ReadRequest, 'about'>;

export interface MedicineChange {
  readonly price: number;
  readonly name?: string;
  readonly categoryId?: string;
  readonly discontinued?: boolean;
}

export function updateRequest(of: MedicineRow, { price, ...rest }: MedicineChange): WriteRequest {
  return {
    query: UPDATE,
    variables: { input: { id: of.id, priceAmount: price, ...rest } },
    tenant: of.tenant,
    observe: (data) => [{ kind: 'medicine', of, seen: seen(data['updateMedicine'] as MedicineAnswer) }],
  };
}

/** More by an adjustment, less by a sale. */
export function stockChangeRequest(of: MedicineRow, delta: number): WriteRequest {
  const field = delta > 0 ? 'adjustStock' : 'sellMedicine';
  const input = delta > 0 ? { medicineId: of.id, delta } : { medicineId: of.id, quantity: -delta };
  return {
    query: delta > 0 ? ADJUST : SELL,
    variables: { input },
    tenant: of.tenant,
    observe: (data) => [{ kind: 'stock', of, seen: (data[field] as { stock: StockAnswer }).stock.quantity }],
  };
}
