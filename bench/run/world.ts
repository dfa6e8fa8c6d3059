import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { openDatabase } from '../../src/database/database.js';
import { DEMO_ACCOUNTS } from '../../src/database/seed/demo-accounts.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { silentLogger } from '../../src/lib/logger.js';
import { sessionIdOf } from '../../src/modules/tenancy/token.js';

/** How much data there is; every key that is to be a miss is asked once in a server's life. */
export interface WorldSize {
  readonly products: number;
  readonly medicinesPerTenant: number;
  /** Tenants with one viewer and one medicine each. */
  readonly kiosks: number;
  /** Medicines of the one tenant that is asked for what nobody asked for yet. */
  readonly warehouse: number;
}

/** Whom a request is from, and for which tenant. */
export interface Party {
  readonly tenant: string;
  readonly token: string;
}

export interface World {
  readonly shop: Party;
  /** The most wanted medicine of the shop. */
  readonly medicineId: string;
  readonly kiosks: readonly (Party & { readonly medicineId: string })[];
  readonly warehouse: Party & { readonly medicineIds: readonly string[] };
}

const SHOP = 'downtown';
const WAREHOUSE = 'warehouse';

/** Migrates and seeds a database: Larder's demo shops, and what misses need more. */
export async function buildWorld(databaseUrl: string, size: WorldSize): Promise<World> {
  const database = await openDatabase({ url: databaseUrl, poolMax: 2, dataDir: null, logger: silentLogger });
  try {
    await importCatalogue(database, { limit: size.products });
    await seedDemo(database, { production: false, hashPassword: () => Promise.resolve('nobody signs in'), medicinesPerTenant: size.medicinesPerTenant });
  } finally {
    await database.close();
  }
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql`
      insert into tenants (id, slug, name, default_language, languages, currency)
      select ${idOf(sql, 'tenant')}, slug, 'Kiosk ' || n, 'en', '{en}', 'USD' from ${places(sql, size)}`;
    await sql`
      insert into users (id, email, name, password_hash)
      select ${idOf(sql, 'user')}, slug || '@staff.example', 'Staff ' || n, 'nobody signs in' from ${places(sql, size)}`;
    await sql`
      insert into memberships (user_id, tenant_id, role)
      select ${idOf(sql, 'user')}, ${idOf(sql, 'tenant')}, 'STAFF' from ${places(sql, size)}`;
    await sql`
      insert into categories (id, tenant_id, slug, names)
      select ${idOf(sql, 'category')}, ${idOf(sql, 'tenant')}, 'all', '{"en": "All"}' from ${places(sql, size)}`;
    await sql`
      insert into medicines (id, tenant_id, product_id, category_id, name, price_minor)
      select ${idOf(sql, 'medicine')}, ${idOf(sql, 'tenant')}, p.id, ${idOf(sql, 'category')}, 'Medicine ' || n, 1000 + n % 1000
      from ${places(sql, size)}, (select id from products order by id limit 1) p where slug <> ${WAREHOUSE}`;
    await sql`
      insert into medicines (id, tenant_id, product_id, category_id, name, price_minor)
      select md5('medicine' || p.id)::uuid, ${idOf(sql, 'tenant')}, p.id, ${idOf(sql, 'category')}, 'Medicine ' || p.id, 1000
      from ${places(sql, size)}, (select id from products order by id limit ${size.warehouse}) p where slug = ${WAREHOUSE}`;
    await openSessions(sql, size);
    // The world has been there for long: nobody has yet to hear of what made it.
    await sql`truncate outbox`;
    await sql`analyze`;
    return await readWorld(sql, size);
  } finally {
    await sql.end();
  }
}

/** The warehouse is the last of them. */
function places(sql: postgres.Sql, { kiosks }: WorldSize) {
  return sql`(select n, case when n = ${kiosks + 1} then ${WAREHOUSE} else 'kiosk-' || n end as slug from generate_series(1, ${kiosks + 1}::int) n) places`;
}

function idOf(sql: postgres.Sql, what: string) {
  return sql`md5(${what} || n)::uuid`;
}

async function openSessions(sql: postgres.Sql, { kiosks }: WorldSize): Promise<void> {
  const staff = DEMO_ACCOUNTS.find(({ email }) => email === `staff@${SHOP}.example`);
  const slugs = [...Array.from({ length: kiosks }, (_, index) => `kiosk-${index + 1}`), WAREHOUSE];
  const sessions = [{ id: sessionIdOf(tokenOf(SHOP)), email: staff?.email ?? '' }, ...slugs.map((slug) => ({ id: sessionIdOf(tokenOf(slug)), email: `${slug}@staff.example` }))];
  await sql`
    insert into sessions (id, user_id, expires_at)
    select s.id, u.id, now() + interval '2 days'
    from unnest(${sessions.map(({ id }) => id)}::text[], ${sessions.map(({ email }) => email)}::text[]) as s (id, email)
    join users u on u.email = s.email`;
}

async function readWorld(sql: postgres.Sql, { kiosks }: WorldSize): Promise<World> {
  const [top] = await sql<{ id: string }[]>`
    select m.id from medicines m join tenants t on t.id = m.tenant_id where t.slug = ${SHOP} and m.rank = 1`;
  if (top === undefined) throw new Error('the shop has no medicines');
  const first = await sql<{ slug: string; id: string }[]>`
    select t.slug, m.id from medicines m join tenants t on t.id = m.tenant_id where t.slug like 'kiosk-%'`;
  const medicineOf = new Map(first.map(({ slug, id }) => [slug, id]));
  const stored = await sql<{ id: string }[]>`
    select m.id from medicines m join tenants t on t.id = m.tenant_id where t.slug = ${WAREHOUSE} order by md5(m.id::text)`;
  return {
    shop: partyOf(SHOP),
    medicineId: top.id,
    kiosks: Array.from({ length: kiosks }, (_, index) => {
      const slug = `kiosk-${index + 1}`;
      return { ...partyOf(slug), medicineId: medicineOf.get(slug) ?? '' };
    }),
    warehouse: { ...partyOf(WAREHOUSE), medicineIds: stored.map(({ id }) => id) },
  };
}

function partyOf(tenant: string): Party {
  return { tenant, token: tokenOf(tenant) };
}

/** Of a session that nobody has signed in for. */
function tokenOf(slug: string): string {
  return createHash('sha256').update(`bench ${slug}`).digest('base64url');
}
