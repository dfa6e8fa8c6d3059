import { Field, Int, ObjectType } from 'type-graphql';
import { PartOfParent } from '../../graphql/cache-profile.js';

@PartOfParent()
@ObjectType()
export class Money {
  @Field(() => Int, { description: 'In minor units of the currency: cents.' })
  readonly amount!: number;

  @Field(() => String, { description: 'ISO 4217.' })
  readonly currency!: string;
}
