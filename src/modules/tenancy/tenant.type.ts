import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { Node } from '../../graphql/node.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';
import { Form, MAX_NAME_LENGTH, NotNull, rule, Several, Text } from '../../graphql/validation.js';

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const SLUG_FORM = 'give 1 to 63 small letters, digits and hyphens, no hyphen first';
/** BCP 47 as far as names of things need it: language, script, region. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/;
const LANGUAGE_FORM = 'give BCP 47 tags, such as `en` or `pt-BR`';
const MAX_LANGUAGES = 50;
const CURRENCIES: ReadonlySet<unknown> = new Set(Intl.supportedValuesOf('currency'));

@CacheProfile('configuration')
@ObjectType('Tenant', { implements: Node, description: 'An organization whose data is its own.' })
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

  @Field(() => String, { description: 'Currency of all prices (ISO 4217). It never changes: prices are numbers of its minor units.' })
  readonly currency!: string;
}

export const { EdgeType: TenantEdge, ConnectionType: TenantConnection } = connectionTypes('Tenant', () => TenantType);

@ArgsType()
export class TenantsArgs extends PageArgs {
  @SearchText()
  @Field(() => String, { nullable: true, description: 'Only tenants whose slug or name contains this text, in any case.' })
  readonly search?: string | null;
}

@InputType()
export class CreateTenantInput {
  @Form(SLUG, SLUG_FORM)
  @Field(() => String, { description: 'Names the tenant in the `X-Tenant` header: small letters, digits and hyphens.' })
  readonly slug!: string;

  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { description: '1 to 200 characters.' })
  readonly name!: string;

  @Several({ min: 1, max: MAX_LANGUAGES })
  @Form(LANGUAGE, LANGUAGE_FORM, { each: true })
  @Field(() => [String], { description: 'BCP 47 tags.' })
  readonly languages!: string[];

  @Field(() => String, { nullable: true, description: 'One of the languages; without it, the first.' })
  readonly defaultLanguage?: string | null;

  @rule({ name: 'currency', accepts: (code) => CURRENCIES.has(code), remedy: 'give an ISO 4217 code, such as `EUR`' })
  @Field(() => String, { description: 'ISO 4217. It cannot be changed later.' })
  readonly currency!: string;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateTenantInput {
  @Field(() => ID)
  readonly id!: string;

  @NotNull()
  @Form(SLUG, SLUG_FORM)
  @Field(() => String, { nullable: true, description: 'From then on, requests that name the old one fail.' })
  readonly slug?: string | null;

  @NotNull()
  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { nullable: true })
  readonly name?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateTenantSettingsInput {
  @NotNull()
  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { nullable: true })
  readonly name?: string | null;

  @NotNull()
  @Several({ min: 1, max: MAX_LANGUAGES })
  @Form(LANGUAGE, LANGUAGE_FORM, { each: true })
  @Field(() => [String], { nullable: true, description: 'All languages: names in one that is left out are kept and not shown.' })
  readonly languages?: string[] | null;

  @NotNull()
  @Field(() => String, { nullable: true, description: 'One of the languages.' })
  readonly defaultLanguage?: string | null;
}

@InputType()
export class DeleteTenantInput {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: "The tenant's slug once more, so that nobody deletes another by mistake." })
  readonly slug!: string;
}

@ObjectType()
export class DeleteTenantPayload {
  @Field(() => ID)
  readonly deletedId!: string;
}
