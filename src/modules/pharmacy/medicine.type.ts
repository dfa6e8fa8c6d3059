import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { PageArgs } from './page-args.js';

@CacheProfile('detail')
@ObjectType({ description: "A product in a tenant's assortment, at the tenant's price." })
export class Medicine {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => Int, { nullable: true, description: 'Place among the 200 most wanted, 1 first; null for the others.' })
  readonly rank!: number | null;

  @Field(() => Boolean, { description: 'Left out of all lists, and still to be had by its id.' })
  readonly discontinued!: boolean;
}

export const { EdgeType: MedicineEdge, ConnectionType: MedicineConnection } = connectionTypes('Medicine', () => Medicine);

@ArgsType()
export class MedicinesArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only medicines of this category.' })
  readonly categoryId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only medicines whose name contains this text, in any case.' })
  readonly search?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateMedicineInput {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  readonly name?: string | null;

  @Field(() => Int, { nullable: true, description: "In minor units of the tenant's currency." })
  readonly priceAmount?: number | null;

  @Field(() => ID, { nullable: true })
  readonly categoryId?: string | null;

  @Field(() => Boolean, { nullable: true })
  readonly discontinued?: boolean | null;
}
