import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/database/schema.js';
import { DEMO_ACCOUNTS } from '../../src/database/seed/demo-accounts.js';
import { backends, type Running } from '../support/backends.js';

const HOUR = 60 * 60 * 1000;

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { token expiresAt viewer { email role tenant { slug } } } }';
const VIEWER = '{ viewer { email name role tenant { slug } memberships { role tenant { slug name } } } }';
const SIGN_OUT = 'mutation { signOut }';
const STAFF_ONLY = '{ lowStockCount }';

const idOf = (email: string): string => DEMO_ACCOUNTS.find((account) => account.email === email)?.id ?? '';

describe.each(backends)('sessions, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  const signIn = (email: string, password: string, tenant?: string) =>
    running.client.request<{ signIn: { token: string; expiresAt: string; viewer: unknown } }>(SIGN_IN, { tenant, variables: { input: { email, password } } });

  it('signing in gives a token and says who one is', async () => {
    const { data, headers } = await signIn(' Staff@Downtown.example ', 'larder-demo');
    expect(data?.signIn).toMatchObject({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
      viewer: { email: 'staff@downtown.example', role: 'STAFF', tenant: { slug: 'downtown' } },
    });
    const lasts = Date.parse(data?.signIn.expiresAt ?? '') - Date.parse(headers.get('date') ?? '');
    expect(lasts).toBeGreaterThan(23.9 * HOUR);
    expect(lasts).toBeLessThan(24.1 * HOUR);
    expect((await running.client.request(STAFF_ONLY, { token: data?.signIn.token })).codes).toEqual([]);
  });

  it('the token is nowhere in the database', async () => {
    const token = await running.client.signIn('staff@downtown.example');
    const stored = await running.app.database.read('platform', (db) => db.select().from(schema.sessions));
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('a wrong password and an unknown address are refused in the same words', async () => {
    const replies = [
      await signIn('staff@downtown.example', 'wrong'),
      await signIn('staff@downtown.example', ''),
      await signIn('staff@downtown.example', 'x'.repeat(2_000)),
      await signIn('nobody@downtown.example', 'larder-demo'),
    ];
    for (const { codes, data } of replies) {
      expect(codes).toEqual(['CREDENTIALS_INVALID']);
      expect(data).toBeNull();
    }
    expect(new Set(replies.map(({ errors }) => errors[0]?.message)).size).toBe(1);
  });

  it('the viewer is who the token says, with the role in the tenant of the request', async () => {
    const token = await running.client.token('admin@riverside.example');
    const at = async (tenant?: string) => (await running.client.data<{ viewer: unknown }>(VIEWER, { token, tenant })).viewer;
    const membership = { role: 'TENANT_ADMIN', tenant: { slug: 'riverside', name: 'Riverside Apotheke' } };
    expect(await at('riverside')).toMatchObject({ email: 'admin@riverside.example', role: 'TENANT_ADMIN', tenant: { slug: 'riverside' }, memberships: [membership] });
    expect(await at('downtown')).toMatchObject({ role: null, tenant: { slug: 'downtown' }, memberships: [membership] });
    expect(await running.client.data(VIEWER)).toEqual({ viewer: null });
    const platform = await running.client.token('platform@larder.example');
    expect(await running.client.data(VIEWER, { token: platform, tenant: 'downtown' })).toMatchObject({ viewer: { role: 'PLATFORM_ADMIN', memberships: [] } });
  });

  it('whoever belongs to one tenant means it without saying so, others have to say', async () => {
    const token = await running.client.token('staff@riverside.example');
    expect(await running.client.data('{ tenant { slug currency } }', { token })).toEqual({ tenant: { slug: 'riverside', currency: 'EUR' } });
    const platform = await running.client.token('platform@larder.example');
    expect((await running.client.request('{ tenant { slug } }', { token: platform })).codes).toEqual(['TENANT_REQUIRED']);
    expect((await running.client.request('{ tenant { slug } }')).codes).toEqual(['TENANT_REQUIRED']);
  });

  it('signing out ends this session at once, and no other', async () => {
    const [leaving, staying] = [await running.client.signIn('staff@downtown.example'), await running.client.signIn('staff@downtown.example')];
    for (const token of [leaving, staying]) await running.client.data(VIEWER, { token });
    await running.settled();
    expect(await running.client.data(SIGN_OUT, { token: leaving })).toEqual({ signOut: true });
    const { status, codes, data } = await running.client.request(VIEWER, { token: leaving });
    expect({ status, codes, data }).toEqual({ status: 401, codes: ['SESSION_INVALID'], data: null });
    expect((await running.client.request(SIGN_OUT, { token: leaving })).codes).toEqual(['SESSION_INVALID']);
    expect((await running.client.request(STAFF_ONLY, { token: staying })).codes).toEqual([]);
    expect(await running.client.data(SIGN_OUT)).toEqual({ signOut: false });
  });

  it('a session that somebody revokes is unauthenticated at once', async () => {
    const token = await running.client.signIn('staff@downtown.example');
    await running.client.data(STAFF_ONLY, { token });
    await running.settled();
    await running.change((tx) => tx.delete(schema.sessions).where(eq(schema.sessions.userId, idOf('staff@downtown.example'))));
    expect((await running.client.request(STAFF_ONLY, { token })).codes).toEqual(['SESSION_INVALID']);
  });

  it('a role that is taken away or given counts at once, in sessions that are open', async () => {
    const email = 'staff@riverside.example';
    const token = await running.client.signIn(email);
    const { memberships } = schema;
    expect((await running.client.request(STAFF_ONLY, { token, tenant: 'riverside' })).codes).toEqual([]);
    const [membership] = await running.change((tx) => tx.delete(memberships).where(eq(memberships.userId, idOf(email))).returning());
    if (membership === undefined) throw new Error('the membership was not there');
    expect((await running.client.request(STAFF_ONLY, { token, tenant: 'riverside' })).codes).toEqual(['FORBIDDEN']);
    await running.change((tx) => tx.insert(memberships).values(membership));
    expect((await running.client.request(STAFF_ONLY, { token, tenant: 'riverside' })).codes).toEqual([]);
    await running.change((tx) => tx.update(schema.users).set({ name: 'Renamed' }).where(eq(schema.users.id, idOf(email))));
    expect(await running.client.data(VIEWER, { token })).toMatchObject({ viewer: { name: 'Renamed' } });
  });

  it.each(['x', 'x'.repeat(43), 'x'.repeat(500)])('a token that nobody was given opens nothing: %#', async (token) => {
    const { status, codes } = await running.client.request('{ categories { id } }', { tenant: 'downtown', token });
    expect({ status, codes }).toEqual({ status: 401, codes: ['SESSION_INVALID'] });
  });
});

describe.each(backends)('the lifetime of a session, on $name', (backend) => {
  let running: Running;
  let ahead = 0;

  beforeAll(async () => {
    running = await backend.start({ clock: { now: () => Date.now() + ahead } });
  });
  afterAll(() => running.close());

  it('ends a day after the last use, which renews it in the second half of its life', async () => {
    const expires = async (): Promise<number> => {
      const [session] = await running.app.database.read('platform', (db) => db.select().from(schema.sessions));
      return Date.parse(session?.expiresAt ?? '');
    };
    const token = await running.client.signIn('staff@downtown.example');
    const first = await expires();
    ahead = 11 * HOUR;
    await running.client.data(STAFF_ONLY, { token });
    expect(await expires()).toBe(first);
    ahead = 13 * HOUR;
    await running.client.data(STAFF_ONLY, { token });
    const renewed = await expires();
    expect(renewed - first).toBeGreaterThan(12 * HOUR);
    ahead = 36 * HOUR;
    await running.client.data(STAFF_ONLY, { token });
    ahead = 61 * HOUR;
    expect((await running.client.request(STAFF_ONLY, { token })).codes).toEqual(['SESSION_INVALID']);
  });
});
