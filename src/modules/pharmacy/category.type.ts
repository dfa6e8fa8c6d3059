import { Field, ID, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';

@CacheProfile('reference')
@ObjectType({ description: "A shelf of the tenant's assortment." })
export class Category {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: 'The same in all languages.' })
  readonly slug!: string;
}
