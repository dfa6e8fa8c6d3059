import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { Node } from '../../graphql/node.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';
import { MAX_INT, MAX_NAME_LENGTH, NotNull, Text, WholeNumber } from '../../graphql/validation.js';

export const MOST_WANTED = 200;

@CacheProfile('detail')
@ObjectType({ implements: Node, description: "A product in a tenant's assortment, at the tenant's price." })
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

  @SearchText()
  @Field(() => String, { nullable: true, description: 'Only medicines whose name contains this text, in any case.' })
  readonly search?: string | null;
}

@ArgsType()
export class TopMedicinesArgs {
  @WholeNumber({ min: 1, max: MOST_WANTED })
  @Field(() => Int, { nullable: true, defaultValue: MOST_WANTED })
  readonly first?: number | null;
}

@InputType()
export class CreateMedicineInput {
  @Field(() => ID, { description: 'The product of the catalogue that it is. The tenant can have it once.' })
  readonly productId!: string;

  @Field(() => ID)
  readonly categoryId!: string;

  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { nullable: true, description: "1 to 200 characters. Without it: the product's trade name and strength." })
  readonly name?: string | null;

  @WholeNumber({ min: 0, max: MAX_INT })
  @Field(() => Int, { description: "In minor units of the tenant's currency." })
  readonly priceAmount!: number;

  @WholeNumber({ min: 0, max: MAX_INT })
  @Field(() => Int, { defaultValue: 0, description: 'At or below it the stock is low.' })
  readonly reorderLevel!: number;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateMedicineInput {
  @Field(() => ID)
  readonly id!: string;

  @NotNull()
  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  readonly name?: string | null;

  @NotNull()
  @WholeNumber({ min: 0, max: MAX_INT })
  @Field(() => Int, { nullable: true, description: "In minor units of the tenant's currency." })
  readonly priceAmount?: number | null;

  @NotNull()
  @Field(() => ID, { nullable: true })
  readonly categoryId?: string | null;

  @NotNull()
  @Field(() => Boolean, { nullable: true, description: 'False takes a discontinued medicine back into the lists.' })
  readonly discontinued?: boolean | null;
}
