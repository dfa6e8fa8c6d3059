import type { Random } from '../model/random.js';

/** What random statements are about: few rows, so that lists and searches change all the time. */
export interface Ground {
  readonly tenantId: string;
  readonly otherTenantId: string;
  readonly medicineIds: readonly string[];
  readonly categoryIds: readonly string[];
  readonly otherCategoryId: string;
  readonly productIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly userId: string;
}

const NAMES = ['alpha', 'Alpha', 'beta', 'ALPHABET', 'al', 'é-alpha', 'alphaé', 'Betä', 'gamma 17', '17', 'beta 1', '1 beta', 'İstanbul', 'KILO', '\u212alo'];
/** What lists are searched for. */
export const SEARCHES = ['alpha', 'BET', 'al', 'beta 1', 'alphabet', '17', 'é', 'kilo', 'ist', 'a 1', '-al', 'gamma 1', 'lphab'];

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A statement as somebody might send it; it may fail. */
export function someStatement(random: Random, ground: Ground): string {
  const medicine = literal(random.pick(ground.medicineIds));
  const some = (): string => Array.from({ length: 1 + random.below(4) }, () => literal(random.pick(ground.medicineIds))).join(', ');
  const category = (): string => literal(random.pick(ground.categoryIds));
  const product = (): string => literal(random.pick(ground.productIds));
  const name = (): string => literal([random.pick(NAMES), random.pick(NAMES)].slice(random.below(2)).join(' '));
  const number = (limit: number): string => String(random.below(limit));
  const tenant = literal(ground.tenantId);
  // Medicines without stock, which nothing refers to: what else can happen to a row happens to them.
  const loose = `(select id from medicines m where tenant_id = ${tenant} and not exists (select from stock_levels s where s.medicine_id = m.id) order by id limit 1)`;
  return random.pick<() => string>([
    () => `update medicines set price_minor = price_minor + 1, version = version + 1, updated_at = now() where id in (${some()})`,
    () => `update medicines set name = ${name()} where id in (${some()})`,
    () => `update medicines set name = upper(name) where id = ${medicine}`,
    () => `update medicines set name = name where id in (${some()})`,
    () => `update medicines set category_id = ${category()} where id in (${some()})`,
    () => `update medicines set category_id = ${category()}, name = ${name()}, price_minor = ${number(999)} where id = ${medicine}`,
    () => `update medicines set rank = ${random.chance(0.3) ? 'null' : String(1 + random.below(random.chance(0.8) ? 12 : 200))} where id in (${some()})`,
    () => `update medicines set rank = 13 - rank where rank between 1 and 12`,
    () => `update medicines set discontinued_at = ${random.chance(0.6) ? 'null' : 'now()'} where id in (${some()})`,
    () => `update medicines set discontinued_at = now(), category_id = ${category()} where id = ${medicine}`,
    () => `update medicines set product_id = ${product()} where id = ${medicine}`,
    () => `delete from medicines where id = ${random.chance(0.3) ? medicine : loose}`,
    () => `insert into medicines (tenant_id, product_id, category_id, name, price_minor, rank) select ${tenant}, p.id, ${category()}, ${name()}, 1, 7 from products p where p.id in (${[product(), product()].join(', ')}) on conflict (tenant_id, product_id) do update set name = excluded.name, rank = excluded.rank`,
    () => `update medicines set id = gen_random_uuid() where id = ${loose}`,
    () => `update medicines set tenant_id = ${literal(ground.otherTenantId)}, category_id = ${literal(ground.otherCategoryId)} where id = ${loose}`,
    () => `update medicines set tenant_id = ${tenant}, category_id = ${category()} where tenant_id = ${literal(ground.otherTenantId)} and product_id in (${[product(), product()].join(', ')})`,
    () => `update stock_levels set quantity = ${number(12)}, updated_at = now() where medicine_id in (${some()})`,
    () => `update stock_levels set quantity = quantity + 1 where medicine_id = ${medicine}`,
    () => `update stock_levels set reorder_level = ${number(12)} where medicine_id in (${some()})`,
    () => `delete from stock_levels where medicine_id = ${medicine}`,
    () => `insert into stock_levels (medicine_id, tenant_id, quantity, reorder_level) select id, tenant_id, ${number(9)}, 5 from medicines where id in (${some()}) on conflict (medicine_id) do update set quantity = excluded.quantity`,
    () => `update categories set sort_order = ${number(5)} where id = ${category()}`,
    () => `update categories set names = jsonb_build_object('en', ${name()}) where id = ${category()}`,
    () => `update products set strength = strength || '!' where id = ${product()}`,
    () => `update products set group_id = ${literal(random.pick(ground.groupIds))} where id = ${product()}`,
    () => `update product_groups set trade_name = ${name()} || random() where id = ${literal(random.pick(ground.groupIds))}`,
    () => `update manufacturers set full_name = full_name || '!' where id in (select manufacturer_id from products where id = ${product()})`,
    () => `delete from product_ingredients where product_id = ${product()} and ordinal = 1`,
    () => `update users set name = ${name()} where id = ${literal(ground.userId)}`,
    () => `update memberships set role = case role when 'STAFF' then 'TENANT_ADMIN' else 'STAFF' end where user_id = ${literal(ground.userId)}`,
    () => `update tenants set name = ${name()} where id = ${tenant}`,
  ])();
}
