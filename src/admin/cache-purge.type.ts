import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { PurgeRequest } from './purge-tags.js';

@InputType({ description: 'One row.' })
export class CachePurgeEntityInput {
  @Field(() => String, { description: 'GraphQL type or table.' })
  type!: string;

  @Field(() => ID)
  id!: string;
}

@InputType({
  description: `What to purge: exactly one of type, entity, field, profile and everything, for all tenants or for the one given;
or only a tenant; or a tag; or a key. Tenant admins reach their own tenant, whether they name it or not.`,
})
export class CachePurgeInput implements PurgeRequest {
  @Field(() => String, { nullable: true, description: 'A slug. Alone: everything of the tenant.' })
  tenant?: string | null;

  @Field(() => String, { nullable: true, description: 'GraphQL type or table: everything that read the table.' })
  type?: string | null;

  @Field(() => CachePurgeEntityInput, { nullable: true, description: 'One row, and what names it. Lists that contain it among others are purged by type.' })
  entity?: CachePurgeEntityInput | null;

  @Field(() => String, { nullable: true, description: 'A field, such as `Query.medicines`, or a loader or list by its name.' })
  field?: string | null;

  @Field(() => String, { nullable: true, description: 'Everything cached under a profile, such as `list`.' })
  profile?: string | null;

  @Field(() => String, { nullable: true, description: 'Everything that depends on a tag.' })
  tag?: string | null;

  @Field(() => String, { nullable: true, description: 'One entry.' })
  key?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Everything there is; for tenant admins, of their tenant.' })
  everything?: boolean | null;
}

@ObjectType()
export class CachePurgePayload {
  @Field(() => [String], { description: 'The tags that were invalidated.' })
  tags!: readonly string[];

  @Field(() => String, { description: 'Where the purge stands in the ledger, for `Larder-After`; `bypass` while the ledger has not confirmed it.' })
  position!: string;
}
