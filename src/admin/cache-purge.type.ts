import { GraphQLSafeInt } from 'graphql-scalars';
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

  @Field(() => String, { nullable: true, description: 'A GraphQL type, or a table that something cached reads: everything that read the tables behind it.' })
  type?: string | null;

  @Field(() => CachePurgeEntityInput, { nullable: true, description: 'One row, as if it had been written: the row, lists and loaders that hold it, and the answers that contain them. Counts, and lists that miss it, are purged by type.' })
  entity?: CachePurgeEntityInput | null;

  @Field(() => String, { nullable: true, description: 'A field, such as `Query.medicines`, or a loader or list by its name: everything that read the tables behind it. Fields that are selected below it have names of their own.' })
  field?: string | null;

  @Field(() => String, { nullable: true, description: 'A profile, such as `list`: everything that read the tables behind what is stored under it.' })
  profile?: string | null;

  @Field(() => String, { nullable: true, description: 'Everything that depends on a tag. The tag of a table, a row, a field or a profile means what the table, the row, the field or the profile means.' })
  tag?: string | null;

  @Field(() => String, { nullable: true, description: 'One stored value, and what shares a tag with it: what it is made from and what contains it.' })
  key?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Everything there is; for tenant admins, of their tenant.' })
  everything?: boolean | null;
}

@ObjectType({ description: "How much of the answering node's memory a purge reached. Other nodes and Redis are reached, too, and are not counted." })
export class CachePurgeReach {
  @Field(() => GraphQLSafeInt, { description: 'Entries among those examined that were valid before the purge and are invalid after it.' })
  entries!: number;

  @Field(() => GraphQLSafeInt, { description: 'Entries that were examined: all in memory, or as many as 100,000 comparisons of tags allow.' })
  examined!: number;
}

@ObjectType()
export class CachePurgePayload {
  @Field(() => [String], { description: 'The tags that were invalidated.' })
  tags!: readonly string[];

  @Field(() => [String], { description: 'The tables of a field, type, profile or table: everything that read one of them was invalidated. Empty for other selectors.' })
  tables!: readonly string[];

  @Field(() => [String], { description: 'Tables behind what was named that were left as they are, since all tenants share them: a platform admin purges them, without `tenant`.' })
  left!: readonly string[];

  @Field(() => CachePurgeReach, { nullable: true, description: 'How much the purge reached; null where the node keeps no entries in its memory.' })
  reached!: CachePurgeReach | null;

  @Field(() => String, { description: 'Where the purge stands in the ledger, for `Larder-After`; `bypass` while the ledger has not confirmed it.' })
  position!: string;
}
