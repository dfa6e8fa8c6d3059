import { Field, GraphQLISODateTime, InputType, ObjectType } from 'type-graphql';
import { ViewerType } from './viewer.type.js';
import type { ViewerData } from './viewer.service.js';

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
