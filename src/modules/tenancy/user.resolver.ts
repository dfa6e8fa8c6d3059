import { Arg, Args, Ctx, FieldResolver, GraphQLISODateTime, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { TOTAL_COUNT } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { Reads, Writes } from '../../graphql/dependencies.js';
import { NULL_WITHOUT_ROLE } from '../../graphql/root-fields.js';
import { sessionsOf } from './session-list.service.js';
import { sessionsOfUser } from './session.loaders.js';
import type { ListedSession } from './session.queries.js';
import { Session } from './session.type.js';
import { tenantById } from './tenant.loaders.js';
import { userList, userOfTenant, userTotal } from './user.loaders.js';
import type { UserRow } from './user.queries.js';
import { addUser, createUser, removeUser, updateUser, user, users, type UserPage } from './user.service.js';
import { AddUserInput, CreateUserInput, RemoveUserPayload, UpdateUserInput, User, UserConnection, UsersArgs } from './user.type.js';

@Resolver(() => User)
export class UserResolver {
  @Requires('TENANT_ADMIN')
  @CacheProfile('list')
  @Reads(userList, tenantById)
  @Query(() => UserConnection, { nullable: true, description: `The users that belong to the tenant, by name. ${NULL_WITHOUT_ROLE}` })
  users(@Args(() => UsersArgs) args: UsersArgs, @Ctx() ctx: Context): Promise<UserPage> {
    return users(ctx, args);
  }

  @Requires('TENANT_ADMIN')
  @CacheProfile('list')
  @Reads(userOfTenant, tenantById)
  @Query(() => User, { nullable: true, description: `One user of the tenant. Null when no user with this id belongs to it. ${NULL_WITHOUT_ROLE}` })
  user(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<UserRow | null> {
    return user(ctx, id);
  }

  @Requires('TENANT_ADMIN')
  @Writes('users', 'memberships')
  @Mutation(() => User, { description: 'Opens an account that belongs to the tenant. Fails with ALREADY_EXISTS for an address that has one.' })
  createUser(@Arg('input', () => CreateUserInput) input: CreateUserInput, @Ctx() ctx: Context): Promise<UserRow> {
    return createUser(ctx, input);
  }

  @Requires('PLATFORM_ADMIN')
  @Writes('memberships')
  @Mutation(() => User, { description: 'Lets an account that exists belong to the tenant, too.' })
  addUser(@Arg('input', () => AddUserInput) input: AddUserInput, @Ctx() ctx: Context): Promise<UserRow> {
    return addUser(ctx, input);
  }

  @Requires('TENANT_ADMIN')
  @Writes('users', 'memberships')
  @Mutation(() => User, { description: 'Changes what is given; nobody the own role.' })
  updateUser(@Arg('input', () => UpdateUserInput) input: UpdateUserInput, @Ctx() ctx: Context): Promise<UserRow> {
    return updateUser(ctx, input);
  }

  @Requires('TENANT_ADMIN')
  @Writes('users', 'memberships', 'sessions', 'stock_movements')
  @Mutation(() => RemoveUserPayload, { description: 'Ends a membership at once, and the account if it belongs to no other tenant. Nobody can remove themselves.' })
  async removeUser(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<RemoveUserPayload> {
    return { removedId: await removeUser(ctx, id) };
  }

  @FieldResolver(() => GraphQLISODateTime)
  createdAt(@Root() { createdAt }: UserRow): Date {
    return new Date(createdAt);
  }

  @Requires('TENANT_ADMIN')
  @Reads(sessionsOfUser)
  @FieldResolver(() => [Session], { description: 'Where the account is signed in, the latest first. Of platform admins, only platform admins see it.' })
  sessions(@Root() row: UserRow, @Ctx() ctx: Context): Promise<readonly ListedSession[]> {
    return sessionsOf(ctx, row);
  }
}

@Resolver(() => UserConnection)
export class UserConnectionResolver {
  @Reads(userTotal)
  @FieldResolver(() => Int, TOTAL_COUNT)
  totalCount(@Root() page: UserPage, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(userTotal).load(page.of);
  }
}
