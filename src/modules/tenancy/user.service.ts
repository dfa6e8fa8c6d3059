import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { duplicatesAre } from '../../graphql/duplicates.js';
import { LarderError } from '../../graphql/errors.js';
import { textPageAsk } from '../../graphql/page-args.js';
import { searchText } from '../../graphql/search.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { insertAccount } from './account.queries.js';
import { addressOf, signedIn } from './account.service.js';
import { hashPassword } from './password.js';
import { userList, userOfTenant } from './user.loaders.js';
import {
  accountByAddress,
  changeRole,
  insertMembership,
  lockMember,
  removeMember,
  renameAccount,
  type UserAsk,
  type UserFilter,
  type UserRow,
} from './user.queries.js';
import type { AddUserInput, CreateUserInput, UpdateUserInput, UsersArgs } from './user.type.js';

export type UserPage = Connection<UserRow, UserFilter>;

/** @throws LarderError CURSOR_INVALID. */
export async function users(ctx: Context, args: UsersArgs): Promise<UserPage> {
  const filter: UserFilter = { tenantId: ctx.tenant.id, search: searchText(args.search) };
  const page = textPageAsk(args, uuidOrNull);
  const found = await ctx.load(userList).load({ ...filter, page });
  return toConnection(found, { ask: page, keyOf: ({ name, id }) => [name, id], of: filter });
}

export async function user(ctx: Context, id: string): Promise<UserRow | null> {
  const userId = uuidOrNull(id);
  return userId === null ? null : ctx.load(userOfTenant).load({ tenantId: ctx.tenant.id, userId });
}

/** A new account in the tenant of the request. @throws LarderError ALREADY_EXISTS. */
export async function createUser(ctx: Context, { email, name, password, role }: CreateUserInput): Promise<UserRow> {
  const tenantId = ctx.tenant.id;
  // Outside of the transaction: hashing takes long, and would keep a connection waiting.
  const account = { email: addressOf(email), name: name.trim(), passwordHash: await hashPassword(password), platformAdmin: false };
  const create = ctx.transaction('platform', async (tx) => {
    const userId = await insertAccount(tx, account);
    await insertMembership(tx, { tenantId, userId, role });
    return userId;
  });
  const userId = await create.catch(duplicatesAre('There is an account with this e-mail address already. A platform admin can let it join the tenant.'));
  return loadUser(ctx, { tenantId, userId });
}

/** Lets an account join the tenant of the request. @throws LarderError NOT_FOUND or ALREADY_EXISTS. */
export async function addUser(ctx: Context, { email, role }: AddUserInput): Promise<UserRow> {
  const tenantId = ctx.tenant.id;
  const add = ctx.transaction('platform', async (tx) => {
    const userId = await accountByAddress(tx, addressOf(email));
    if (userId === null) throw new LarderError('NOT_FOUND', 'There is no account with this e-mail address.');
    await insertMembership(tx, { tenantId, userId, role });
    return userId;
  });
  return loadUser(ctx, { tenantId, userId: await add.catch(duplicatesAre('The account belongs to the tenant already.')) });
}

/** @throws LarderError NOT_FOUND or FORBIDDEN. */
export async function updateUser(ctx: Context, { id, name, role }: UpdateUserInput): Promise<UserRow> {
  const member = memberOf(ctx, id);
  if (role !== undefined) refuseOwn(ctx, member, 'role');
  await ctx.transaction('platform', async (tx) => {
    const standing = await lockMember(tx, member);
    if (standing === null) throw userNotFound();
    if (name !== undefined && name !== null) {
      // An account is known by its name wherever it belongs.
      const isOwnAffair = !standing.elsewhere && !standing.platformAdmin;
      if (!isOwnAffair && ctx.viewer.role !== 'PLATFORM_ADMIN') throw new LarderError('FORBIDDEN', 'The account belongs to other tenants, too: only a platform admin can rename it.');
      await renameAccount(tx, member.userId, name.trim());
    }
    if (role !== undefined && role !== null) await changeRole(tx, { ...member, role });
  });
  return loadUser(ctx, member);
}

/** Returns the id. @throws LarderError NOT_FOUND or FORBIDDEN. */
export async function removeUser(ctx: Context, id: string): Promise<string> {
  const member = memberOf(ctx, id);
  refuseOwn(ctx, member, 'membership');
  await ctx.transaction('platform', async (tx) => {
    if ((await lockMember(tx, member)) === null) throw userNotFound();
    await removeMember(tx, member);
  });
  return member.userId;
}

/** So that a tenant does not lose its last admin by mistake. */
function refuseOwn(ctx: Context, { userId }: UserAsk, what: string): void {
  if (signedIn(ctx).userId === userId) throw new LarderError('FORBIDDEN', `Nobody can change the own ${what}: ask another admin.`);
}

function memberOf(ctx: Context, id: string): UserAsk {
  const userId = uuidOrNull(id);
  if (userId === null) throw userNotFound();
  return { tenantId: ctx.tenant.id, userId };
}

async function loadUser(ctx: Context, member: UserAsk): Promise<UserRow> {
  const found = await ctx.load(userOfTenant).load(member);
  if (found === null) throw userNotFound();
  return found;
}

export function userNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'Nobody with this id belongs to the tenant.');
}
