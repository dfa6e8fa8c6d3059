import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CacheProfile, PartOfParent } from '../../graphql/cache-profile.js';
import { Node } from '../../graphql/node.js';
import { Form, Inner, MAX_INT, NotNull, Several, Text, WholeNumber } from '../../graphql/validation.js';

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const SLUG_FORM = 'give 1 to 63 small letters, digits and hyphens, no hyphen first';
const MAX_LANGUAGES = 50;

@CacheProfile('reference')
@ObjectType({ implements: Node, description: "A shelf of the tenant's assortment." })
export class Category {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: 'The same in all languages.' })
  readonly slug!: string;

  @Field(() => Int, { description: 'Categories come in this order.' })
  readonly sortOrder!: number;
}

@PartOfParent()
@ObjectType({ description: 'A text in one language.' })
export class LocalizedText {
  @Field(() => String, { description: 'BCP 47 tag.' })
  readonly language!: string;

  @Field(() => String)
  readonly text!: string;
}

@InputType()
export class LocalizedTextInput {
  @Text(35)
  @Field(() => String, { description: "One of the tenant's languages." })
  readonly language!: string;

  @Text(100)
  @Field(() => String, { description: '1 to 100 characters.' })
  readonly text!: string;
}

@InputType()
export class CreateCategoryInput {
  @Form(SLUG, SLUG_FORM)
  @Field(() => String, { description: 'Unique in the tenant: small letters, digits and hyphens.' })
  readonly slug!: string;

  @Several({ min: 1, max: MAX_LANGUAGES })
  @Inner()
  @Field(() => [LocalizedTextInput], { description: "One for each language; one of them the tenant's default, which stands in for those without." })
  readonly names!: LocalizedTextInput[];

  @WholeNumber({ min: -MAX_INT, max: MAX_INT })
  @Field(() => Int, { defaultValue: 0 })
  readonly sortOrder!: number;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateCategoryInput {
  @Field(() => ID)
  readonly id!: string;

  @NotNull()
  @Form(SLUG, SLUG_FORM)
  @Field(() => String, { nullable: true })
  readonly slug?: string | null;

  @NotNull()
  @Several({ min: 1, max: MAX_LANGUAGES })
  @Inner()
  @Field(() => [LocalizedTextInput], { nullable: true, description: 'All names: languages left out have none any more.' })
  readonly names?: LocalizedTextInput[] | null;

  @NotNull()
  @WholeNumber({ min: -MAX_INT, max: MAX_INT })
  @Field(() => Int, { nullable: true })
  readonly sortOrder?: number | null;
}

@ObjectType()
export class DeleteCategoryPayload {
  @Field(() => ID)
  readonly deletedId!: string;
}
