import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/database/schema.js';
import { DEMO_ACCOUNTS } from '../../src/database/seed/demo-accounts.js';
import { backends, type Running } from '../support/backends.js';
import { HttpCacheOfTests, type CachedRequest, type CachedResponse } from '../support/http-cache.js';

const idOf = (email: string): string => DEMO_ACCOUNTS.find((account) => account.email === email)?.id ?? '';

interface Marks {
  /** A permission takes part. */
  readonly isMarked?: boolean;
  /** It is one viewer's. */
  readonly isPrivate?: boolean;
}

const QUERIES: Readonly<Record<string, Marks>> = {
  '{ categories { slug name } }': {},
  '{ topMedicines(first: 3) { name price { amount currency } } }': {},
  '{ tenant { slug name } }': {},
  '{ viewer { name } }': { isPrivate: true },
  '{ categories { slug } viewer { name } }': { isPrivate: true },
  '{ lowStockCount }': { isMarked: true },
  '{ topMedicines(first: 2) { name stock { quantity } } }': { isMarked: true },
  '{ categories { slug } lowStockCount }': { isMarked: true },
  '{ users(first: 3) { edges { node { name } } } }': { isMarked: true },
};
const TENANTS = ['downtown', 'riverside'];
const STAFF = 'staff@downtown.example';
const ADMIN = 'admin@downtown.example';

describe.each(['revalidate', 'cdn', 'all'] as const)('caches of others in front of the API, HTTP_DOWNSTREAM_CACHE=%s', (mode) => {
  let running: Running;

  beforeAll(async () => {
    running = await backends[0]!.start({ env: { HTTP_DOWNSTREAM_CACHE: mode, HTTP_CACHE_TAG_BYTES: '4096' } });
  });
  afterAll(() => running.close());

  const origin = async ({ url, headers }: CachedRequest): Promise<CachedResponse> => {
    const response = await fetch(`${running.client.url}${url}`, { headers });
    const body = await response.text();
    await running.settled();
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  };
  /** Of failures, each request has its own number. */
  const shown = ({ status, body }: CachedResponse): string => `${status} ${body.replace(/"requestId":"[^"]*"/g, '')}`;

  it.each(['shared', 'private'] as const)('P9: two tenants and three viewers get nothing through a %s cache that was not theirs', async (kind) => {
    const viewers = new Map<string, string | null>([
      ['nobody', null],
      ['staff', await running.client.signIn(STAFF)],
      ['admin', await running.client.signIn(ADMIN)],
    ]);
    const caches = new Map<string, HttpCacheOfTests>();
    const cacheOf = (viewer: string): HttpCacheOfTests => {
      const whose = kind === 'shared' ? 'all' : viewer;
      const known = caches.get(whose) ?? new HttpCacheOfTests(origin, { isShared: kind === 'shared', now: () => 0 });
      caches.set(whose, known);
      return known;
    };
    const before = new Map<string, string>();
    const wrong: string[] = [];
    const round = async (isAfter: boolean): Promise<void> => {
      for (const [query, { isMarked = false, isPrivate = false }] of Object.entries(QUERIES)) {
        for (const tenant of TENANTS) {
          for (const [viewer, token] of viewers) {
            const url = `/graphql?${String(new URLSearchParams({ query }))}`;
            const headers = { accept: 'application/json', 'accept-language': 'en', 'x-tenant': tenant, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
            const direct = shown(await origin({ url, headers }));
            const through = await cacheOf(viewer).get({ url, headers });
            const name = `${query} of ${tenant} for ${viewer}`;
            const allowed = [direct];
            // What a viewer was given may be kept for that viewer as long as hints say, unless a permission took part.
            if (isAfter && !isMarked && (kind === 'private' || !isPrivate)) allowed.push(before.get(name) ?? '');
            if (!isAfter) before.set(name, direct);
            if (!allowed.includes(shown(through))) wrong.push(`${name}: ${shown(through)} instead of ${direct} (${through.headers['cache-control'] ?? 'nothing said'})`);
          }
        }
      }
    };
    for (let time = 0; time < 3; time++) await round(false);
    // The staff's session ends, and the administrator becomes staff.
    const platform = await running.client.token('platform@larder.example');
    await running.client.data('mutation ($id: ID!) { revokeSessions(userId: $id) }', { token: platform, tenant: 'downtown', variables: { id: idOf(STAFF) } });
    const { memberships } = schema;
    const role = (to: 'STAFF' | 'TENANT_ADMIN') => running.change((tx) => tx.update(memberships).set({ role: to }).where(eq(memberships.userId, idOf(ADMIN))));
    await role('STAFF');
    await round(true);
    await role('TENANT_ADMIN');
    expect(wrong).toEqual([]);
    expect([...caches.values()].reduce((sum, { hits, validated }) => sum + hits + validated, 0)).toBeGreaterThan(0);
  });

  it('P9: names all that an answer depends on, and keeps to itself what a permission took part in', async () => {
    const token = await running.client.token(ADMIN);
    for (const [query, { isMarked, isPrivate }] of Object.entries(QUERIES)) {
      for (let time = 0; time < 3; time++) {
        const { headers } = await running.client.get({ query }, { token, tenant: 'downtown' });
        await running.settled();
        const said = headers.get('cache-control') ?? '';
        if (said === 'no-store') continue;
        expect((headers.get('vary') ?? '').split(', ')).toEqual(expect.arrayContaining(['Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization', 'Larder-After', 'Larder-Explain', 'X-Tenant']));
        if (isMarked === true) expect(said).toBe('private, no-cache');
        else if (isPrivate === true) expect(said).toMatch(/^private/);
        expect(headers.get('cache-tag') === null).toBe(isMarked === true || isPrivate === true);
      }
    }
  });
});
