import { Directive, Field, Int, ObjectType } from 'type-graphql';

@Directive('@cacheControl(inheritMaxAge: true)')
@ObjectType()
export class Money {
  @Field(() => Int, { description: 'In minor units of the currency: cents.' })
  readonly amount!: number;

  @Field(() => String, { description: 'ISO 4217.' })
  readonly currency!: string;
}
