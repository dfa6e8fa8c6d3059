import { Field, ID, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';

@CacheProfile('configuration')
@ObjectType('Tenant', { description: 'An organization whose data is its own.' })
export class TenantType {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: 'Names the tenant in the `X-Tenant` header.' })
  readonly slug!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => [String], { description: 'Languages in which the tenant names its things, as BCP 47 tags.' })
  readonly languages!: string[];

  @Field(() => String, { description: 'Answers when a request asks for no language that the tenant has.' })
  readonly defaultLanguage!: string;

  @Field(() => String, { description: 'Currency of all prices (ISO 4217).' })
  readonly currency!: string;
}
