import { Arg, Ctx, FieldResolver, GraphQLISODateTime, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import type { Context } from '../../graphql/context.js';
import { Writes } from '../../graphql/dependencies.js';
import { changePassword } from './account.service.js';
import { ChangePasswordInput } from './account.type.js';
import { revokeSession, revokeSessions } from './session-list.service.js';
import type { ListedSession } from './session.queries.js';
import { signIn, signOut } from './session.service.js';
import { Session, SignInInput, SignInPayload } from './session.type.js';

@Resolver(() => Session)
export class SessionResolver {
  @Writes('sessions')
  @Mutation(() => SignInPayload, { description: 'Opens a session. Fails with CREDENTIALS_INVALID.' })
  signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() ctx: Context): Promise<SignInPayload> {
    return signIn(ctx, input);
  }

  @Writes('sessions')
  @Mutation(() => Boolean, { description: 'Ends the session of the request at once, everywhere. False when nobody is signed in.' })
  signOut(@Ctx() ctx: Context): Promise<boolean> {
    return signOut(ctx);
  }

  @Writes('users', 'sessions')
  @Mutation(() => Boolean, {
    description: 'Changes the own password and ends all other sessions of the viewer. Fails with CREDENTIALS_INVALID when the current one is wrong.',
  })
  changePassword(@Arg('input', () => ChangePasswordInput) input: ChangePasswordInput, @Ctx() ctx: Context): Promise<boolean> {
    return changePassword(ctx, input);
  }

  @Writes('sessions')
  @Mutation(() => Boolean, { description: 'Ends a session at once, everywhere: one of the own, or as an admin one of a user of the tenant.' })
  revokeSession(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<boolean> {
    return revokeSession(ctx, id);
  }

  @Requires('TENANT_ADMIN')
  @Writes('sessions')
  @Mutation(() => Int, { description: 'Ends all sessions of a user of the tenant. Returns how many.' })
  revokeSessions(@Arg('userId', () => ID) userId: string, @Ctx() ctx: Context): Promise<number> {
    return revokeSessions(ctx, userId);
  }

  @FieldResolver(() => GraphQLISODateTime)
  createdAt(@Root() { createdAt }: ListedSession): Date {
    return new Date(createdAt);
  }

  @FieldResolver(() => GraphQLISODateTime, { description: 'Unless it is used: that renews it.' })
  expiresAt(@Root() { expiresAt }: ListedSession): Date {
    return new Date(expiresAt);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the session of this request.' })
  current(@Root() { id }: ListedSession, @Ctx() ctx: Context): boolean {
    const { viewer } = ctx;
    return viewer.kind === 'user' && viewer.sessionId === id;
  }
}
