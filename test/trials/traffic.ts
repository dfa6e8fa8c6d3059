import postgres from 'postgres';
import type { Outcome, Sent } from './http.js';
import type { ApiProcess } from './stage.js';

/** `known`: a query that is a hit; `database`: a query whose row no cache has; `mutation`: a write. */
export type Kind = 'known' | 'database' | 'mutation';

export interface Observation extends Pick<Outcome, 'code' | 'isBroken' | 'cacheStatus'> {
  readonly kind: Kind;
  /** In milliseconds of `performance.now`. */
  readonly scheduled: number;
  /** From `scheduled` to the answer. */
  readonly milliseconds: number;
}

/** The query of the README. */
export const README_QUERY: Sent = { query: '{ medicine(id: "480ea2ff-935b-3698-9e48-efb6402098f4") { name price { amount currency } category { name } } }' };

/** Each lives longer than the trial, so that only its being unknown or invalid makes it a miss. */
const ANONYMOUS: readonly Sent[] = [
  README_QUERY,
  { query: '{ categories { slug name } }' },
  { query: '{ tenant { slug currency languages } }' },
  { query: '{ catalogue(search: "ibuprofen", first: 5) { totalCount edges { node { tradeName strength } } } }' },
];
const SIGNED_IN: readonly Sent[] = [
  { query: '{ viewer { name role tenant { slug } } }' },
  { query: '{ stock(medicineId: "480ea2ff-935b-3698-9e48-efb6402098f4") { quantity } }' },
  { query: '{ viewer { role } categories { slug } }' },
];
const ADJUST = 'mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { quantity } } }';

/** Requests of a shop: half known, anonymous and signed in, half of which need the database, every tenth of these a write. */
export class Traffic {
  readonly observations: Observation[] = [];

  private constructor(
    private readonly node: Pick<ApiProcess, 'client'>,
    private readonly shop: { readonly headers: Readonly<Record<string, string>>; readonly products: readonly string[]; readonly medicine: string },
  ) {}

  /** Signs in and asks the known queries until each is a hit. */
  static async prepare(node: Pick<ApiProcess, 'client'>, databaseUrl: string): Promise<Traffic> {
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
    const products = await sql<{ id: string }[]>`select id from products order by md5(id::text)`;
    const [medicine] = await sql<{ id: string }[]>`
      select m.id from medicines m join tenants t on t.id = m.tenant_id where t.slug = 'downtown' and m.id <> '480ea2ff-935b-3698-9e48-efb6402098f4' limit 1`;
    await sql.end();
    const token = await node.client.signIn('staff@downtown.example');
    const traffic = new Traffic(node, { headers: { authorization: `Bearer ${token}` }, products: products.map(({ id }) => id), medicine: medicine?.id ?? '' });
    for (let round = 0; round < 5; round++) for (let index = 0; index < 28; index += 2) await traffic.send(index, performance.now());
    const missed = traffic.observations.splice(0).slice(-14).filter(({ cacheStatus }) => !/ hit/.test(cacheStatus));
    if (missed.length > 0) throw new Error(`known queries are no hits after five rounds: ${missed.map(({ code, cacheStatus }) => code ?? cacheStatus).join(', ')}`);
    return traffic;
  }

  /** Sends the request of this number: the same number, the same request. */
  async send(index: number, scheduled: number): Promise<void> {
    const kind: Kind = index % 2 === 0 ? 'known' : index % 20 === 1 ? 'mutation' : 'database';
    const { code, isBroken, cacheStatus } = await this.#ask(kind, index);
    this.observations.push({ kind, scheduled, milliseconds: performance.now() - scheduled, code, isBroken, cacheStatus });
  }

  #ask(kind: Kind, index: number): Promise<Outcome> {
    const { client } = this.node;
    const { headers, products, medicine } = this.shop;
    if (kind === 'mutation') return client.send({ query: ADJUST, variables: { input: { medicineId: medicine, delta: 1 } } }, headers);
    if (kind === 'database') return client.send({ query: 'query ($id: ID!) { product(id: $id) { tradeName strength } }', variables: { id: products[index % products.length] } });
    const round = index / 2;
    return round % 2 === 0 ? client.send(pick(ANONYMOUS, round / 2)) : client.send(pick(SIGNED_IN, (round - 1) / 2), headers);
  }
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length] as T;
}
