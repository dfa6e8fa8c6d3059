import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCommandLine } from '../../src/admin/command-line.js';
import { createApp, type App } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { openDatabase, type Database } from '../../src/database/database.js';
import { DEMO_PASSWORD, DEMO_TENANTS } from '../../src/database/seed/demo-accounts.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { silentLogger } from '../../src/lib/logger.js';
import { hashPassword } from '../../src/modules/tenancy/tenancy.module.js';
import { createTestDatabase, testPrefix } from '../support/test-database.js';

interface Reply {
  readonly data: Record<string, unknown> | null;
  readonly codes: readonly unknown[];
}

interface Running {
  readonly app: App;
  readonly url: string;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

async function start(backend: string): Promise<Running> {
  const served = backend === 'postgres + redis';
  const created = served ? await createTestDatabase() : null;
  const database = await openDatabase({ url: created?.url, poolMax: 5, dataDir: null, logger: silentLogger });
  await importCatalogue(database, { limit: 2_000 });
  await seedDemo(database, { production: false, hashPassword, medicinesPerTenant: 60 });
  const redis = served ? { REDIS_URL: inject('redisUrl'), CACHE_PREFIX: testPrefix() } : {};
  const config = loadConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', ...redis });
  const app = await createApp(config, { database });
  const { url } = await app.listen();
  const close = async (): Promise<void> => {
    await app.close();
    await database.close();
    await created?.drop();
  };
  return { app, url, database, close };
}

const LIST = '{ medicines(first: 20) { edges { node { id name } } } }';
const STATS = '{ cacheStats { verdict totals { hits misses } byType { type hits misses } byTenant { tenant hits } memory { entries } redis { version keys } ledger { kind position } } }';
const PURGE = 'mutation ($input: CachePurgeInput!) { cachePurge(input: $input) { tags position } }';

interface Stats {
  readonly verdict: string;
  readonly totals: { readonly hits: number; readonly misses: number };
  readonly byType: readonly { readonly type: string; readonly hits: number; readonly misses: number }[];
  readonly byTenant: readonly { readonly tenant: string }[];
  readonly memory: { readonly entries: number } | null;
  readonly redis: { readonly version: string } | null;
  readonly ledger: { readonly kind: string; readonly position: number } | null;
}

describe.each(['pglite + memory', 'postgres + redis'])('administrating the cache on %s', (backend) => {
  let running: Running;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    running = await start(backend);
    for (const email of ['staff@downtown.example', 'admin@downtown.example', 'admin@riverside.example', 'platform@larder.example']) {
      const { data } = await ask(null, 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }', { input: { email, password: DEMO_PASSWORD } });
      tokens.set(email, (data?.['signIn'] as { token: string }).token);
    }
  });

  afterAll(() => running.close());

  async function ask(email: string | null, query: string, { tenant, ...variables }: { readonly tenant?: string; readonly input?: object } = {}): Promise<Reply> {
    const token = email === null ? undefined : tokens.get(email);
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(tenant === undefined ? {} : { 'x-tenant': tenant }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors = [] } = (await response.json()) as { data?: Reply['data']; errors?: { extensions?: { code?: unknown } }[] };
    return { data, codes: errors.map(({ extensions }) => extensions?.code) };
  }

  const stats = async (email: string, tenant?: string): Promise<Stats> => {
    const { data, codes } = await ask(email, STATS, tenant === undefined ? {} : { tenant });
    expect(codes).toEqual([]);
    return data?.['cacheStats'] as Stats;
  };
  const loadsOf = async (list: () => Promise<unknown>): Promise<number> => {
    const before = (await stats('platform@larder.example')).totals.misses;
    await list();
    return (await stats('platform@larder.example')).totals.misses - before;
  };
  const readList = (tenant: string) => () => ask(null, LIST, { tenant });

  it('counts what the two tenants read, and shows each only its own', async () => {
    for (const tenant of ['downtown', 'downtown', 'riverside']) expect((await ask(null, LIST, { tenant })).codes).toEqual([]);
    const all = await stats('platform@larder.example');
    expect(all.verdict).toBe('healthy');
    expect(all.byTenant.map(({ tenant }) => tenant).sort()).toEqual(['downtown', 'global', 'riverside']);
    expect(all.memory?.entries).toBeGreaterThan(0);
    expect(all.redis === null).toBe(backend === 'pglite + memory');
    expect(all.totals.hits).toBeGreaterThan(0);

    const own = await stats('admin@riverside.example', 'riverside');
    expect(own.byTenant.map(({ tenant }) => tenant)).toEqual(['riverside']);
    expect([own.memory, own.redis, own.ledger]).toEqual([null, null, null]);
    expect(own.totals.misses).toBeLessThan(all.totals.misses);
  });

  it.each([
    [{ everything: true }, 'both'],
    [{ tenant: 'downtown' }, 'downtown'],
    [{ type: 'Medicine' }, 'both'],
    [{ type: 'medicines', tenant: 'downtown' }, 'downtown'],
    [{ profile: 'list' }, 'both'],
    [{ profile: 'list', tenant: 'downtown' }, 'downtown'],
  ])('a platform admin purges %j: %s tenants load again', async (input, whose) => {
    await readList('downtown')();
    await readList('riverside')();
    expect(await loadsOf(readList('downtown'))).toBe(0);
    expect((await ask('platform@larder.example', PURGE, { input })).codes).toEqual([]);
    expect(await loadsOf(readList('downtown'))).toBeGreaterThan(0);
    // What is purged with everything are the sessions, too; they are read again by the question itself.
    if (whose === 'downtown') expect(await loadsOf(readList('riverside'))).toBe(0);
    else expect(await loadsOf(readList('riverside'))).toBeGreaterThan(0);
  });

  it('a tenant admin purges the own tenant and no other', async () => {
    await readList('downtown')();
    await readList('riverside')();
    const { data } = await ask('admin@downtown.example', PURGE, { input: { everything: true }, tenant: 'downtown' });
    expect(data?.['cachePurge']).toMatchObject({ tags: [`t/${DEMO_TENANTS[0]?.id}`] });
    expect(await loadsOf(readList('riverside'))).toBe(0);
    expect(await loadsOf(readList('downtown'))).toBeGreaterThan(0);
    expect((await ask('admin@downtown.example', PURGE, { input: { tenant: 'riverside' }, tenant: 'downtown' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask('admin@downtown.example', PURGE, { input: { everything: true }, tenant: 'riverside' })).codes).toEqual(['FORBIDDEN']);
  });

  it('is closed to everybody else', async () => {
    expect((await ask(null, STATS, { tenant: 'downtown' })).codes).toEqual(['UNAUTHENTICATED']);
    expect((await ask('staff@downtown.example', STATS, { tenant: 'downtown' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask('staff@downtown.example', PURGE, { input: { everything: true }, tenant: 'downtown' })).codes).toEqual(['FORBIDDEN']);
  });

  it('refuses a pattern and names the tag that covers it', async () => {
    const tenant = DEMO_TENANTS[0]?.id;
    const out: string[] = [];
    const token = tokens.get('platform@larder.example') ?? '';
    const larder = (...args: string[]) =>
      runCommandLine([...args, '--url', running.url, '--token', token], {
        out: (text) => out.push(text),
        err: (text) => out.push(text),
        config: () => running.app.config,
        password: () => Promise.reject(new Error('not used here')),
        system: () => Promise.reject(new Error('not used here')),
        schema: () => Promise.resolve(running.app.schema),
        audit: () => Promise.reject(new Error('not used here')),
      });
    expect(await larder('purge', '--tag', `t/${tenant}/medicines/1*`)).toBe(1);
    expect(out.pop()).toContain(`tag t/${tenant}/medicines/* covers it`);
    expect(await larder('purge', '--tag', `t/${tenant}/medicines/*`)).toBe(0);
    expect(await larder('stats')).toBe(0);
    expect(out.pop()).toMatch(/^healthy\nsince /);
    expect(await larder('stats', '--json')).toBe(0);
    expect(JSON.parse(out.pop() ?? '')).toMatchObject({ verdict: 'healthy' });
  });
});
