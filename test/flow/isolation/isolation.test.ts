import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema as tables } from '../../../src/database/schema.js';
import { DEMO_PASSWORD } from '../../../src/database/seed/demo-accounts.js';
import { roles, type Role } from '../../../src/graphql/roles.js';
import { buildApiSchema } from '../../../src/schema.js';
import { backends, type Running } from '../../support/backends.js';
import type { Kept } from '../../support/cache-dump.js';
import type { Reply, RequestOptions } from '../../support/client.js';
import { cases, nothingToReachFor, type Case, type Outcome } from './cases.js';
import { fingerprint, markTenants, type MarkedTenant } from './marked-tenants.js';
import { fieldsToTry, operationOn, type TriedField } from './operation.js';
import { foundIn } from './search.js';

const schema = await buildApiSchema();
const fields = fieldsToTry(schema);
const tried = fields.filter(({ name }) => name in cases).map((field) => ({ ...field, case: cases[field.name] as Case }));

const PLATFORM_ADMIN = 'platform@larder.example';
/** Rows of the platform that name a tenant or one of its people: each may show that one tenant, and no other. */
const ABOUT_ONE_TENANT = ['entity:session', 'entity:tenant', 'entity:tenantBySlug'];

/** What is nobody's in particular. Any other table shows a row only to the tenant that it belongs to. */
const REFERENCE = ['cache_identity', 'dosage_forms', 'ingredients', 'manufacturers', 'product_groups', 'product_ingredients', 'products', 'routes'];

it('every root field and every field that requires a role is tried, with all its arguments', () => {
  const missing = fields.map(({ name }) => name).filter((name) => !(name in cases));
  expect(missing, `${missing.join(', ')} must be entered in test/flow/isolation/cases.ts: how it is tried, and what a stranger gets.`).toEqual([]);
  const known = fields.map(({ name }) => name);
  const gone = Object.keys(cases).filter((name) => !known.includes(name));
  expect(gone, `${gone.join(', ')} in test/flow/isolation/cases.ts is no field that is to be tried.`).toEqual([]);
  for (const field of tried) {
    const own = {} as MarkedTenant;
    const given = Object.keys(field.case.args(own)).sort();
    const { args } = operationOn(schema, field, field.case.through);
    expect(given, `the case of ${field.name} must give all its arguments, and no others`).toEqual([...args].sort());
  }
});

describe.each(backends)('what is one tenant\'s, on $name', (backend) => {
  let running: Running;
  let tenants: readonly [MarkedTenant, MarkedTenant];
  const issued: string[] = [];
  const others: string[] = [];

  beforeAll(async () => {
    // Everything below a field is selected, which costs more than anybody may ask for.
    running = await backend.start({ env: { LIMIT_COST: '1000000000', LIMIT_TOKENS: '10000', LIMIT_SIGN_IN: '0' } });
    tenants = await markTenants(running);
  });
  afterAll(() => running.close());

  const bothWays = (): (readonly [MarkedTenant, MarkedTenant])[] => [tenants, [tenants[1], tenants[0]]];

  async function tokenOf(email: string | null): Promise<string | undefined> {
    if (email === null) return undefined;
    const token = await running.client.token(email);
    issued.push(token);
    return token;
  }

  /** Whoever has exactly a role in a tenant. */
  const viewerWith = (role: Role | null, { staff, admin }: MarkedTenant): string | null =>
    role === null ? null : { STAFF: staff, TENANT_ADMIN: admin, PLATFORM_ADMIN }[role];

  interface Attempt {
    readonly field: TriedField & { readonly case: Case };
    readonly as: string | null;
    readonly tenant: string | undefined;
    readonly variables: Readonly<Record<string, unknown>>;
  }

  interface Answer extends Reply {
    /** The field's own value; undefined when something above it is null. */
    readonly value: unknown;
  }

  async function attempt({ field, as, tenant, variables }: Attempt): Promise<Answer> {
    const { document, path } = operationOn(schema, field, field.case.through);
    // A session that is signed out is of no use to those who come later.
    const token = field.name === 'Mutation.signOut' && as !== null ? await running.client.signIn(as) : await tokenOf(as);
    const options: RequestOptions = { tenant, token, variables };
    const reply = await running.client.request(document, options);
    const given = (reply.data as { signIn?: { token: string } } | null)?.signIn?.token;
    issued.push(...[given, token].filter((text) => text !== undefined));
    if (given === undefined) others.push(reply.text);
    let value: unknown = reply.data;
    for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return { ...reply, value };
  }

  const shown = (reply: Reply): readonly string[] => foundIn(reply.text + JSON.stringify([...reply.headers]), tenants.map(({ marker }) => marker));

  describe.each(tried)('$name', (field) => {
    const { role } = field;
    const { args, shows, needsTenant, reaching, signedIn, stranger = 'what everybody gets' } = field.case;

    it('is answered in the tenant for the least who may ask, and shows that tenant alone', async () => {
      for (const [own] of bothWays()) {
        const as = signedIn ? own.admin : field.name === 'Query.viewer' ? own.staff : viewerWith(role, own);
        const reply = await attempt({ field, as, tenant: own.slug, variables: args(own) });
        expect(reply.errors).toEqual([]);
        expect(reply.value ?? null).not.toBeNull();
        // Numbers have no marker, and neither has what all tenants share.
        expect([own.marker]).toEqual(expect.arrayContaining([...shown(reply)]));
        if (reply.text.includes('"name"') && shows !== 'shared') expect(shown(reply)).toEqual([own.marker]);
      }
    });

    if (role !== null) {
      it('is refused to everybody else, and changes nothing', async () => {
        for (const [own, other] of bothWays()) {
          const before = await fingerprint(running, own);
          const lesser = roles.slice(0, roles.indexOf(role)).map((less) => viewerWith(less, own));
          for (const as of [null, other.staff, other.admin, ...lesser]) {
            const reply = await attempt({ field, as, tenant: own.slug, variables: args(own) });
            expect(reply.codes, String(as)).toEqual([as === null ? 'UNAUTHENTICATED' : 'FORBIDDEN']);
            expect(reply.value ?? null).toBeNull();
            expect(shown(reply)).toEqual([]);
          }
          expect(await fingerprint(running, own)).toBe(before);
        }
      });
    } else {
      it('shows to somebody of another tenant what it shows to everybody, and nothing of theirs', async () => {
        for (const [own, other] of bothWays()) {
          const reply = await attempt({ field, as: other.admin, tenant: own.slug, variables: args(own) });
          expectOutcome(reply, stranger);
          // Their own name, where they ask for it; and the tenant that they ask about.
          const allowed = shows === 'self' ? [own.marker, other.marker] : [own.marker];
          expect(allowed).toEqual(expect.arrayContaining([...shown(reply)]));
        }
      });
    }

    if (reaching !== nothingToReachFor) {
      it('gives nothing of another tenant to those who know its ids, and changes nothing there', async () => {
        for (const [own, other] of bothWays()) {
          const before = await Promise.all([fingerprint(running, own), fingerprint(running, other)]);
          for (const [outcome, variables] of reaching(own, other)) {
            const reply = await attempt({ field, as: own.admin, tenant: own.slug, variables });
            expectOutcome(reply, outcome);
            expect(shown(reply)).not.toContain(other.marker);
          }
          expect(await Promise.all([fingerprint(running, own), fingerprint(running, other)])).toEqual(before);
        }
      });
    }

    it('is nothing where there is no tenant', async () => {
      for (const [own] of bothWays()) {
        const unknown = await attempt({ field, as: own.admin, tenant: 'nowhere', variables: args(own) });
        expect(unknown.codes).toEqual(['TENANT_NOT_FOUND']);
        expect(shown(unknown)).toEqual([]);
        const before = await fingerprint(running, own);
        const without = await attempt({ field, as: null, tenant: undefined, variables: args(own) });
        if (signedIn) expect(without.codes).toEqual(['UNAUTHENTICATED']);
        else if (needsTenant) expect(['TENANT_REQUIRED', 'UNAUTHENTICATED']).toContain(without.codes[0]);
        else expect(new Set(['TENANT_REQUIRED', ...without.codes])).toEqual(new Set(['TENANT_REQUIRED']));
        expect(shown(without)).toEqual(shows === 'self' && without.value !== null ? [own.marker] : []);
        expect(await fingerprint(running, own)).toBe(before);
      }
    });
  });

  function expectOutcome(reply: Answer, outcome: Outcome): void {
    const { codes, value } = reply;
    if (outcome === 'what everybody gets') return expect(codes).toEqual([]);
    if (outcome === 'null') return expect({ codes, value: value ?? null }).toEqual({ codes: [], value: null });
    if (outcome === 'only nulls') return expect({ codes, value }).toEqual({ codes: [], value: (value as unknown[]).map(() => null) });
    if (outcome === 'no rows') return expect({ codes, value }).toMatchObject({ codes: [], value: { edges: [], totalCount: 0 } });
    expect({ codes, value: value ?? null }).toEqual({ codes: [outcome], value: null });
  }

  it('statistics of the cache name no other tenant', async () => {
    for (const [own, other] of bothWays()) {
      const { text } = await running.client.request('{ cacheStats { byTenant { tenant } byType { type } } }', { token: await tokenOf(own.admin), tenant: own.slug });
      expect(text).toContain(own.slug);
      expect(text).not.toContain(other.slug);
    }
  });

  it('a failure that nobody expected tells neither the client nor the log what is in the rows', async () => {
    const [own] = tenants;
    // PostgreSQL's own message about such a row quotes all of it.
    await running.app.database.owner((tx) =>
      tx.execute(sql`alter table stock_movements add constraint planted check (note is distinct from ${sql.raw(`'planted ${own.marker}'`)}) not valid`),
    );
    const adjust = 'mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { quantity } } }';
    const input = { medicineId: own.medicineId, delta: 1, note: `planted ${own.marker}` };
    const reply = await running.client.request(adjust, { tenant: own.slug, token: await tokenOf(own.staff), variables: { input } });
    expect(reply.codes).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(shown(reply)).toEqual([]);
    expect(running.logs.some((line) => line.includes('a field failed'))).toBe(true);
  });

  describe('after all that', () => {
    let kept: readonly Kept[];
    let secrets: readonly string[];

    beforeAll(async () => {
      kept = await running.dump();
      const stored = await running.app.database.read('platform', (db) => db.select({ hash: tables.users.passwordHash }).from(tables.users));
      // Of a hash, the part that is not the same for all.
      secrets = [DEMO_PASSWORD, ...issued, ...stored.flatMap(({ hash }) => [hash, hash.slice(hash.lastIndexOf('$') + 1)])];
    });

    const markersIn = ({ key, text }: Kept): readonly string[] => foundIn(`${key} ${text}`, tenants.map(({ marker }) => marker));

    it('what the cache keeps in a partition shows its tenant alone', () => {
      for (const [own] of bothWays()) {
        const ofTenant = kept.filter(({ partition }) => partition === own.id);
        const places = new Set(ofTenant.filter((one) => markersIn(one).includes(own.marker)).map((one) => one.in));
        // Otherwise the search would prove nothing.
        expect(places).toEqual(new Set(backend.redis ? ['memory', 'redis'] : ['memory']));
        expect(ofTenant.filter((one) => markersIn(one).some((marker) => marker !== own.marker)).map(({ key }) => key)).toEqual([]);
      }
    });

    it('what tenants share shows none, and rows of the platform the one that they are about', () => {
      const elsewhere = kept.filter(({ partition }) => !tenants.some(({ id }) => id === partition));
      const isAboutOne = ({ key }: Kept): boolean => ABOUT_ONE_TENANT.some((subject) => key.includes(`:global:${subject}:`));
      expect(elsewhere.filter((one) => !isAboutOne(one) && markersIn(one).length > 0).map(({ key }) => key)).toEqual([]);
      const about = elsewhere.filter(isAboutOne);
      expect(about.some((one) => markersIn(one).length === 1)).toBe(true);
      expect(about.filter((one) => markersIn(one).length > 1).map(({ key }) => key)).toEqual([]);
    });

    it('an entry depends on nothing but its own partition and what is shared', () => {
      const ids: readonly string[] = tenants.map(({ id }) => id);
      for (const { key, partition, text } of kept) {
        if (partition === null || ![...ids, 'global'].includes(partition)) continue;
        const { tags } = JSON.parse(text) as { tags: string[] };
        const strange = tags.filter((tag) => !tag.startsWith(`t/${partition}/`) && !tag.startsWith('t/global/'));
        expect(strange, key).toEqual([]);
      }
    });

    it('the log at level debug shows nothing of any tenant', () => {
      expect(running.logs.filter((line) => line.includes('cache hit') && line.includes(tenants[0].id)).length).toBeGreaterThan(0);
      expect(running.logs.filter((line) => foundIn(line, tenants.map(({ marker }) => marker)).length > 0)).toEqual([]);
    });

    it('no secret is in a cache, in the log, or in a reply but that of signIn', () => {
      expect(new Set(issued).size).toBeGreaterThan(4);
      const holding = (texts: readonly string[]): string[] => texts.filter((text) => secrets.some((secret) => text.includes(secret)));
      expect(holding(kept.map(({ key, text }) => `${key} ${text}`))).toEqual([]);
      expect(holding(running.logs)).toEqual([]);
      expect(holding(others)).toEqual([]);
    });
  });

  it('the role of the application sees no row of any tenant while none is set', async () => {
    const names = await running.app.database.read('platform', (db) =>
      db.select({ name: sql<string>`tablename` }).from(sql`pg_tables`).where(sql`schemaname = 'public'`).orderBy(sql`tablename`),
    );
    const seen = new Map<string, number | 'refused'>();
    for (const { name } of names) {
      const rows = running.app.database.read('catalogue', async (db) => (await db.select({ one: sql`1` }).from(sql.identifier(name) as never)).length);
      seen.set(name, await rows.catch(() => 'refused' as const));
    }
    const visible = [...seen].filter(([, rows]) => rows !== 'refused' && rows > 0).map(([name]) => name);
    expect(visible).toEqual(REFERENCE);
    for (const name of ['tenants', 'users', 'memberships', 'categories', 'medicines', 'stock_levels', 'stock_movements']) {
      expect(seen.get(name), name).toBe(0);
    }
    expect(seen.get('sessions')).toBe('refused');
  });
});
