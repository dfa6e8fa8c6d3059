import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/database/schema.js';
import { DEMO_ACCOUNTS } from '../../src/database/seed/demo-accounts.js';
import { backends, type Running } from '../support/backends.js';

const idOf = (email: string): string => DEMO_ACCOUNTS.find((account) => account.email === email)?.id ?? '';

describe.each(backends)('while everything is warm, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  const { memberships, sessions } = schema;
  const QUERY = '{ viewer { name role } lowStockCount topMedicines(first: 3) { id stock { quantity } } categories { name } }';
  const MANAGED = '{ users(first: 5) { nodes: edges { node { email } } } categories { name } }';

  /** Asked until it comes from the cache alone, as far as it is stored. */
  const warm = async (query: string, options: Parameters<typeof running.client.request>[1]): Promise<void> => {
    for (let time = 0; time < 2; time++) {
      expect((await running.client.request(query, options)).codes).toEqual([]);
      await running.settled();
    }
  };
  const codes = async (query: string, options: Parameters<typeof running.client.request>[1]) => [...new Set((await running.client.request(query, options)).codes)];

  it('P3: a session that is revoked is refused with the very next request', async () => {
    const token = await running.client.signIn('staff@downtown.example');
    await warm(QUERY, { token });
    const [session] = await running.app.database.read('platform', (db) => db.select().from(sessions).where(eq(sessions.userId, idOf('staff@downtown.example'))));
    const admin = await running.client.token('admin@downtown.example');
    await running.client.data('mutation ($id: ID!) { revokeSessions(userId: $id) }', { token: admin, variables: { id: session?.userId } });
    expect(await codes(QUERY, { token })).toEqual(['SESSION_INVALID']);
  });

  it('P3: a permission that is taken away is missing with the very next request, and counts again when it is given back', async () => {
    const email = 'staff@riverside.example';
    const token = await running.client.signIn(email);
    await warm(QUERY, { token, tenant: 'riverside' });
    const [membership] = await running.change((tx) => tx.delete(memberships).where(eq(memberships.userId, idOf(email))).returning());
    if (membership === undefined) throw new Error('the membership was not there');
    expect(await codes(QUERY, { token, tenant: 'riverside' })).toEqual(['FORBIDDEN']);
    await running.change((tx) => tx.insert(memberships).values(membership));
    expect(await codes(QUERY, { token, tenant: 'riverside' })).toEqual([]);
  });

  it('P3: a role that is changed counts with the very next request, down and up', async () => {
    const email = 'admin@riverside.example';
    const token = await running.client.signIn(email);
    await warm(MANAGED, { token });
    const role = (to: 'STAFF' | 'TENANT_ADMIN') => running.change((tx) => tx.update(memberships).set({ role: to }).where(eq(memberships.userId, idOf(email))));
    await role('STAFF');
    expect(await codes(MANAGED, { token })).toEqual(['FORBIDDEN']);
    expect((await running.client.data<{ viewer: unknown }>(QUERY, { token })).viewer).toMatchObject({ role: 'STAFF' });
    await role('TENANT_ADMIN');
    expect(await codes(MANAGED, { token })).toEqual([]);
    expect((await running.client.data<{ viewer: unknown }>(QUERY, { token })).viewer).toMatchObject({ role: 'TENANT_ADMIN' });
  });

  it('P2: a user who is moved to another tenant gets that one’s data with the very next request, and nothing of the old', async () => {
    const email = 'staff@downtown.example';
    const token = await running.client.signIn(email);
    await warm(QUERY, { token });
    await warm(QUERY, { token: await running.client.token('staff@riverside.example') });
    const before = await running.client.data<{ topMedicines: { id: string }[] }>(QUERY, { token });
    const there = await running.client.data<{ topMedicines: { id: string }[] }>(QUERY, { token: await running.client.token('staff@riverside.example') });
    const [riverside] = await running.app.database.read('platform', (db) => db.select().from(memberships).where(eq(memberships.userId, idOf('staff@riverside.example'))));
    const move = (tenantId: string | undefined) => running.change((tx) => tx.update(memberships).set({ tenantId }).where(eq(memberships.userId, idOf(email))).returning());
    const [downtown] = await running.app.database.read('platform', (db) => db.select().from(memberships).where(eq(memberships.userId, idOf(email))));
    await move(riverside?.tenantId);
    const after = await running.client.data<{ topMedicines: { id: string }[] }>(QUERY, { token });
    expect(after.topMedicines).toEqual(there.topMedicines);
    expect(after.topMedicines.map(({ id }) => id)).not.toEqual(before.topMedicines.map(({ id }) => id));
    expect(await codes(QUERY, { token, tenant: 'downtown' })).toEqual(['FORBIDDEN']);
    await move(downtown?.tenantId);
    expect((await running.client.data<{ topMedicines: unknown }>(QUERY, { token })).topMedicines).toEqual(before.topMedicines);
  });

  it('P7: who asks for explanations hears nothing of a password or a token', async () => {
    const token = await running.client.token('admin@downtown.example');
    await warm(MANAGED, { token });
    const { text } = await running.client.request<unknown>(MANAGED, { token, headers: { 'larder-explain': '1' } });
    expect(JSON.parse(text)).toMatchObject({ extensions: { cache: { users: { layer: 'response', outcome: 'hit' }, categories: { outcome: 'hit', scope: 'PUBLIC' } } } });
    expect(text).not.toContain(token);
    expect(text).not.toMatch(/argon2|password/i);
  });
});
