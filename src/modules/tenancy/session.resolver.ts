import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../../graphql/context.js';
import { signIn, signOut } from './session.service.js';
import { SignInInput, SignInPayload } from './session.type.js';

@Resolver()
export class SessionResolver {
  @Mutation(() => SignInPayload, { description: 'Opens a session. Fails with CREDENTIALS_INVALID.' })
  signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() ctx: Context): Promise<SignInPayload> {
    return signIn(ctx, input);
  }

  @Mutation(() => Boolean, { description: 'Ends the session of the request at once, everywhere. False when nobody is signed in.' })
  signOut(@Ctx() ctx: Context): Promise<boolean> {
    return signOut(ctx);
  }
}
