import { Directive, Field, GraphQLISODateTime, ID, InputType, ObjectType } from 'type-graphql';
import { ViewerType } from './viewer.type.js';
import type { ViewerData } from './viewer.service.js';

// Private, and never stored: whether a session has ended, the clock says.
@Directive('@cacheControl(maxAge: 0, scope: PRIVATE)')
@ObjectType({ description: 'A place where somebody is signed in.' })
export class Session {
  @Field(() => ID, { description: 'For `revokeSession`. It is not the token, and nobody can sign in with it.' })
  readonly id!: string;
}

@InputType()
export class SignInInput {
  @Field(() => String)
  readonly email!: string;

  @Field(() => String)
  readonly password!: string;
}

@ObjectType()
export class SignInPayload {
  @Field(() => String, { description: 'To be sent as `Authorization: Bearer <token>`. It is shown this once and stored nowhere.' })
  readonly token!: string;

  @Field(() => GraphQLISODateTime, { description: 'When the session ends unless it is used: using it in the second half of its life renews it.' })
  readonly expiresAt!: Date;

  @Field(() => ViewerType)
  readonly viewer!: ViewerData;
}
