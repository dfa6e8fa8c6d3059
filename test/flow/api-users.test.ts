import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../src/database/seed/demo-accounts.js';
import { backends, type Running } from '../support/backends.js';

const USERS = 'query ($search: String, $first: Int, $after: String) { users(search: $search, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } edges { node { id email name role platformAdmin } } } }';
const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id email name role createdAt } }';
const ADD = 'mutation ($input: AddUserInput!) { addUser(input: $input) { id name role } }';
const UPDATE = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id name role } }';
const REMOVE = 'mutation ($id: ID!) { removeUser(id: $id) { removedId } }';
const PASSWORD = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) }';
const REVOKE = 'mutation ($id: ID!) { revokeSession(id: $id) }';
const REVOKE_ALL = 'mutation ($userId: ID!) { revokeSessions(userId: $userId) }';
const SESSIONS = '{ viewer { id sessions { id current createdAt expiresAt } } }';
const SESSIONS_OF = 'query ($id: ID!) { user(id: $id) { name sessions { id current } } }';
const LONG = 'a password that is long';

interface Session {
  readonly id: string;
  readonly current: boolean;
}

interface Users {
  readonly users: {
    readonly totalCount: number;
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    readonly edges: readonly { readonly node: { readonly id: string; readonly email: string; readonly name: string } }[];
  };
}

describe.each(backends)('users and their sessions, on $name', (backend) => {
  let running: Running;
  let admin: string;
  let platform: string;
  let made = 0;
  beforeAll(async () => {
    running = await backend.start();
    admin = await running.client.signIn('admin@downtown.example');
    platform = await running.client.signIn('platform@larder.example');
  });
  afterAll(() => running.close());

  const asAdmin = <Data = unknown>(query: string, variables: object = {}): Promise<Data> =>
    running.client.data<Data>(query, { token: admin, tenant: 'downtown', variables: { ...variables } });
  const asPlatform = <Data = unknown>(query: string, variables: object, tenant?: string): Promise<Data> =>
    running.client.data<Data>(query, { token: platform, tenant, variables: { ...variables } });
  const codesAs = async (token: string, query: string, variables: object): Promise<readonly string[]> =>
    (await running.client.request(query, { token, tenant: 'downtown', variables: { ...variables } })).codes;

  async function person(role: 'STAFF' | 'TENANT_ADMIN' = 'STAFF'): Promise<{ id: string; email: string; name: string }> {
    const email = `person-${(made += 1)}@downtown.example`;
    const input = { email: ` ${email.toUpperCase()}`, name: ` Person ${made} `, password: LONG, role };
    return (await asAdmin<{ createUser: { id: string; email: string; name: string } }>(CREATE, { input })).createUser;
  }
  const isSignedIn = async (token: string): Promise<boolean> => (await running.client.request('{ viewer { id } }', { token })).codes.length === 0;
  const sessionsOf = async (token: string): Promise<readonly Session[]> =>
    (await running.client.data<{ viewer: { sessions: Session[] } }>(SESSIONS, { token })).viewer.sessions;

  it('are created by an admin, sign in, are listed and found', async () => {
    const before = (await asAdmin<Users>(USERS)).users.totalCount;
    const { id, email, name } = await person();
    expect({ email, name }).toEqual({ email: `person-${made}@downtown.example`, name: `Person ${made}` });
    const { users } = await asAdmin<Users>(USERS, { search: name.toUpperCase() });
    expect(users).toMatchObject({ totalCount: 1, edges: [{ node: { id, email, name, role: 'STAFF', platformAdmin: false } }] });
    expect((await asAdmin<Users>(USERS)).users.totalCount).toBe(before + 1);
    expect(await running.client.data('{ viewer { id role tenant { slug } } }', { token: await running.client.signIn(email, LONG) })).toEqual({
      viewer: { id, role: 'STAFF', tenant: { slug: 'downtown' } },
    });
    const first = await asAdmin<Users>(USERS, { first: 1 });
    const rest = await asAdmin<Users>(USERS, { first: 200, after: first.users.pageInfo.endCursor });
    const names = [...first.users.edges, ...rest.users.edges].map(({ node }) => node.name);
    expect(names).toHaveLength(before + 1);
    expect(new Set(names).size).toBe(names.length);
    // Another tenant's admin sees none of them.
    const theirs = await running.client.data<Users>(USERS, { token: await running.client.token('admin@riverside.example'), tenant: 'riverside' });
    expect(theirs.users.edges.map(({ node }) => node.email).sort()).toEqual(['admin@riverside.example', 'staff@riverside.example']);
  });

  it.each([
    ['an address that has an account', { email: 'Staff@Riverside.example' }, 'ALREADY_EXISTS'],
    ['what is no address', { email: 'nobody' }, 'BAD_USER_INPUT'],
    ['a short password', { password: 'ninechars' }, 'BAD_USER_INPUT'],
    ['no name', { name: ' ' }, 'BAD_USER_INPUT'],
    ['a role that no tenant gives', { role: 'PLATFORM_ADMIN' }, 'BAD_USER_INPUT'],
  ])('are not created with %s', async (_, wrong, code) => {
    const input = { email: 'new@downtown.example', name: 'New', password: LONG, role: 'STAFF', ...wrong };
    const { codes, text } = await running.client.request(CREATE, { token: admin, tenant: 'downtown', variables: { input } });
    expect(codes).toEqual([code]);
    expect(text).not.toContain(input.password);
  });

  it('get another role at once, and lose everything at once when they are removed', async () => {
    const { id, email } = await person();
    const token = await running.client.signIn(email, LONG);
    const mayAsk = async (): Promise<boolean> => (await codesAs(token, USERS, {})).length === 0;
    expect(await mayAsk()).toBe(false);
    expect(await asAdmin(UPDATE, { input: { id, role: 'TENANT_ADMIN', name: ' Renamed ' } })).toEqual({ updateUser: { id, name: 'Renamed', role: 'TENANT_ADMIN' } });
    expect(await mayAsk()).toBe(true);
    await asAdmin(UPDATE, { input: { id, role: 'STAFF' } });
    expect(await mayAsk()).toBe(false);
    expect(await asAdmin(REMOVE, { id })).toEqual({ removeUser: { removedId: id } });
    expect(await isSignedIn(token)).toBe(false);
    await expect(running.client.signIn(email, LONG)).rejects.toThrow('CREDENTIALS_INVALID');
    expect(await asAdmin(SESSIONS_OF, { id })).toEqual({ user: null });
    expect(await codesAs(admin, REMOVE, { id })).toEqual(['NOT_FOUND']);
    expect(await codesAs(admin, UPDATE, { input: { id, role: 'STAFF' } })).toEqual(['NOT_FOUND']);
  });

  it('keep their account while they belong to another tenant, and only a platform admin renames it', async () => {
    const { id, email } = await person();
    expect(await codesAs(admin, ADD, { input: { email, role: 'STAFF' } })).toEqual(['FORBIDDEN']);
    expect(await asPlatform(ADD, { input: { email, role: 'TENANT_ADMIN' } }, 'riverside')).toMatchObject({ addUser: { id, role: 'TENANT_ADMIN' } });
    expect((await running.client.request(ADD, { token: platform, tenant: 'riverside', variables: { input: { email, role: 'STAFF' } } })).codes).toEqual(['ALREADY_EXISTS']);
    expect((await running.client.request(ADD, { token: platform, tenant: 'riverside', variables: { input: { email: 'no@one.example', role: 'STAFF' } } })).codes).toEqual(['NOT_FOUND']);
    expect(await codesAs(admin, UPDATE, { input: { id, name: 'Mine' } })).toEqual(['FORBIDDEN']);
    await asPlatform(UPDATE, { input: { id, name: 'Theirs' } }, 'downtown');
    const token = await running.client.signIn(email, LONG);
    await asAdmin(REMOVE, { id });
    expect(await running.client.data('{ viewer { name tenant { slug } } }', { token })).toEqual({ viewer: { name: 'Theirs', tenant: { slug: 'riverside' } } });
  });

  it('cannot change the own role nor remove themselves', async () => {
    const { viewer } = await asAdmin<{ viewer: { id: string } }>('{ viewer { id } }');
    expect(await codesAs(admin, UPDATE, { input: { id: viewer.id, role: 'STAFF' } })).toEqual(['FORBIDDEN']);
    expect(await codesAs(admin, REMOVE, { id: viewer.id })).toEqual(['FORBIDDEN']);
    expect(await codesAs(admin, UPDATE, { input: { id: viewer.id, name: 'Downtown Pharmacy administrator' } })).toEqual([]);
  });

  it('change their password: other sessions end, this one stays', async () => {
    const { email } = await person();
    const [here, elsewhere] = [await running.client.signIn(email, LONG), await running.client.signIn(email, LONG)];
    const change = async (currentPassword: string, newPassword: string) => running.client.request(PASSWORD, { token: here, variables: { input: { currentPassword, newPassword } } });
    expect((await change('wrong', 'another long password')).codes).toEqual(['CREDENTIALS_INVALID']);
    expect((await change(LONG, 'short')).codes).toEqual(['BAD_USER_INPUT']);
    expect(await isSignedIn(elsewhere)).toBe(true);
    const { codes, text } = await change(LONG, 'another long password');
    expect(codes).toEqual([]);
    expect(text).not.toContain('password that');
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([true, false]);
    await expect(running.client.signIn(email, LONG)).rejects.toThrow('CREDENTIALS_INVALID');
    await running.client.signIn(email, 'another long password');
    expect((await running.client.request(PASSWORD, { variables: { input: { currentPassword: LONG, newPassword: LONG } } })).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('see their sessions and end one of them', async () => {
    const { email } = await person();
    const [here, elsewhere] = [await running.client.signIn(email, LONG), await running.client.signIn(email, LONG)];
    const own = await sessionsOf(here);
    expect(own.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = own.find(({ current }) => !current)?.id ?? '';
    for (const stranger of [await running.client.token('staff@downtown.example'), await running.client.token('admin@riverside.example')]) {
      expect(await codesAs(stranger, REVOKE, { id: other })).toEqual(['NOT_FOUND']);
    }
    expect((await running.client.request(REVOKE, { variables: { id: other } })).codes).toEqual(['UNAUTHENTICATED']);
    expect(await codesAs(here, REVOKE, { id: 'no id' })).toEqual(['NOT_FOUND']);
    expect(await codesAs(here, REVOKE, { id: other })).toEqual([]);
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([true, false]);
    expect(await sessionsOf(here)).toHaveLength(1);
    expect(await codesAs(here, REVOKE, { id: other })).toEqual(['NOT_FOUND']);
  });

  it('are signed out by their admins, from one place or from all', async () => {
    const { id, email } = await person();
    const tokens = [await running.client.signIn(email, LONG), await running.client.signIn(email, LONG), await running.client.signIn(email, LONG)];
    const { user } = await asAdmin<{ user: { sessions: Session[] } }>(SESSIONS_OF, { id });
    expect(user.sessions.map(({ current }) => current)).toEqual([false, false, false]);
    await asAdmin(REVOKE, { id: user.sessions[0]?.id });
    expect((await Promise.all(tokens.map(isSignedIn))).filter(Boolean)).toHaveLength(2);
    expect(await asAdmin(REVOKE_ALL, { userId: id })).toEqual({ revokeSessions: 2 });
    expect((await Promise.all(tokens.map(isSignedIn))).filter(Boolean)).toEqual([]);
    expect(await codesAs(await running.client.token('admin@riverside.example'), REVOKE_ALL, { userId: id })).toEqual(['FORBIDDEN']);
  });

  it('who are platform admins are beyond the reach of tenant admins', async () => {
    await asPlatform(ADD, { input: { email: 'platform@larder.example', role: 'STAFF' } }, 'downtown');
    const { viewer } = await running.client.data<{ viewer: { id: string; sessions: Session[] } }>(SESSIONS, { token: platform });
    expect(await codesAs(admin, SESSIONS_OF, { id: viewer.id })).toEqual(['FORBIDDEN']);
    expect(await codesAs(admin, REVOKE, { id: viewer.sessions[0]?.id })).toEqual(['FORBIDDEN']);
    expect(await codesAs(admin, REVOKE_ALL, { userId: viewer.id })).toEqual(['FORBIDDEN']);
    expect(await codesAs(admin, UPDATE, { input: { id: viewer.id, name: 'Mine' } })).toEqual(['FORBIDDEN']);
    // Nor does the account go with the membership.
    await asAdmin(REMOVE, { id: viewer.id });
    expect(await isSignedIn(platform)).toBe(true);
    await running.client.signIn('platform@larder.example', DEMO_PASSWORD);
  });
});
