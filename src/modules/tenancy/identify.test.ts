import 'reflect-metadata';
import { describe, expect, it, vi } from 'vitest';
import type { Reader } from '../../cache/index.js';
import type { ReadDb, Tenant, WriteScope } from '../../graphql/context.js';
import { createIdentify, type Credentials } from './identify.js';
import { SESSION_LIFETIME } from './session-lifetime.js';
import type { SessionRow } from './session.queries.js';
import { sessionById } from './session.loaders.js';
import { tenantById, tenantBySlug } from './tenant.loaders.js';
import { issueToken } from './token.js';

const HOUR = 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);
const { token, sessionId } = issueToken();

const tenant = (id: string): Tenant => ({ id, slug: `slug-${id}`, name: id, languages: ['en'], defaultLanguage: 'en', currency: 'EUR' });
const tenants = [tenant('a'), tenant('b')];

const session: SessionRow = {
  id: sessionId,
  userId: 'u',
  email: 'u@a.example',
  name: 'U',
  platformAdmin: false,
  // As PostgreSQL writes it.
  expiresAt: '2026-01-02 00:00:00+00',
  memberships: [{ tenantId: 'a', role: 'STAFF' }],
};

function house(row: Partial<SessionRow> = {}) {
  const clock = { time: start, now: () => clock.time };
  const rows = new Map<unknown, (key: string) => unknown>([
    [sessionById, (id) => (id === sessionId ? { ...session, ...row } : null)],
    [tenantById, (id) => tenants.find((known) => known.id === id) ?? null],
    [tenantBySlug, (slug) => tenants.find((known) => known.slug === slug) ?? null],
  ]);
  const asked: string[] = [];
  const load = (definition: unknown) => ({
    load: (key: string) => {
      asked.push(key);
      return Promise.resolve(rows.get(definition)?.(key) ?? null);
    },
  });
  const reader = { load } as unknown as Reader<ReadDb>;
  const transaction = vi.fn<(scope: WriteScope, work: unknown) => Promise<never>>(() => Promise.resolve(undefined as never));
  const onError = vi.fn();
  const identify = createIdentify(clock, onError);
  const as = (credentials: Partial<Credentials>) => identify(reader, { token: null, tenantSlug: null, ...credentials }, transaction);
  return { as, asked, clock, onError, transaction };
}

const refused = (code: string) => expect.objectContaining({ extensions: { code } }) as Error;

describe('who asks, and for which tenant', () => {
  it('nobody, for none', async () => {
    expect(await house().as({})).toEqual({ tenant: null, viewer: { kind: 'anonymous', role: null }, until: Infinity });
  });

  it('nobody, for the tenant that is named', async () => {
    expect((await house().as({ tenantSlug: 'slug-b' })).tenant?.id).toBe('b');
  });

  it('somebody who belongs to one tenant, for that one', async () => {
    const { tenant: found, viewer } = await house().as({ token });
    expect(found?.id).toBe('a');
    expect(viewer).toMatchObject({ kind: 'user', userId: 'u', sessionId, role: 'STAFF' });
  });

  it('somebody who belongs to several, for none until one is named', async () => {
    const memberships = [
      { tenantId: 'a', role: 'STAFF' },
      { tenantId: 'b', role: 'TENANT_ADMIN' },
    ] as const;
    const { as } = house({ memberships });
    expect(await as({ token })).toMatchObject({ tenant: null, viewer: { role: null } });
    expect(await as({ token, tenantSlug: 'slug-b' })).toMatchObject({ tenant: { id: 'b' }, viewer: { role: 'TENANT_ADMIN' } });
  });

  it('somebody who does not belong to the named tenant has no role there', async () => {
    expect(await house().as({ token, tenantSlug: 'slug-b' })).toMatchObject({ tenant: { id: 'b' }, viewer: { role: null } });
  });

  it('a platform administrator is one everywhere', async () => {
    const { as } = house({ platformAdmin: true, memberships: [] });
    expect(await as({ token })).toMatchObject({ tenant: null, viewer: { role: 'PLATFORM_ADMIN' } });
    expect(await as({ token, tenantSlug: 'slug-b' })).toMatchObject({ viewer: { role: 'PLATFORM_ADMIN' } });
  });

  it('a token that is unknown, malformed or expired is refused', async () => {
    const { as, asked, clock } = house();
    await expect(as({ token: issueToken().token })).rejects.toThrow(refused('SESSION_INVALID'));
    asked.length = 0;
    await expect(as({ token: 'nonsense' })).rejects.toThrow(refused('SESSION_INVALID'));
    expect(asked).toEqual([]);
    clock.time = start + 24 * HOUR;
    await expect(as({ token })).rejects.toThrow(refused('SESSION_INVALID'));
  });

  it('a slug that nobody has, or nobody can have, is refused', async () => {
    const { as, asked } = house();
    await expect(as({ tenantSlug: 'nobody' })).rejects.toThrow(refused('TENANT_NOT_FOUND'));
    asked.length = 0;
    await expect(as({ tenantSlug: 'No Slug' })).rejects.toThrow(refused('TENANT_NOT_FOUND'));
    expect(asked).toEqual([]);
  });
});

describe('a session that is used', () => {
  it('is left alone in the first half of its life and renewed in the second', async () => {
    const { as, clock, transaction } = house();
    clock.time = start + SESSION_LIFETIME / 2;
    await as({ token });
    expect(transaction).not.toHaveBeenCalled();
    clock.time++;
    await as({ token });
    expect(transaction).toHaveBeenCalledExactlyOnceWith('platform', expect.any(Function));
  });

  it('is renewed once by requests at the same time', async () => {
    const { as, clock, transaction } = house();
    clock.time = start + 13 * HOUR;
    await Promise.all([as({ token }), as({ token }), as({ token })]);
    expect(transaction).toHaveBeenCalledTimes(1);
  });

  it('D4 is not kept out by a renewal that hangs', async () => {
    const { as, clock, transaction } = house();
    transaction.mockReturnValue(new Promise<never>(() => undefined));
    clock.time = start + 13 * HOUR;
    expect((await as({ token })).viewer.kind).toBe('user');
    expect((await as({ token })).viewer.kind).toBe('user');
    expect(transaction).toHaveBeenCalledTimes(1);
  });

  it('stays valid when it cannot be renewed, and that is not tried again for a while', async () => {
    const { as, clock, onError, transaction } = house();
    transaction.mockRejectedValue(new Error('away'));
    clock.time = start + 13 * HOUR;
    expect((await as({ token })).viewer.kind).toBe('user');
    await as({ token });
    expect(transaction).toHaveBeenCalledTimes(1);
    expect(onError).toHaveBeenCalledTimes(1);
    clock.time += 60_000;
    await as({ token });
    expect(transaction).toHaveBeenCalledTimes(2);
  });
});
