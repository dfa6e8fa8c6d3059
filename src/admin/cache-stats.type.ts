import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, GraphQLISODateTime, ObjectType, registerEnumType } from 'type-graphql';
import type { Layer } from '../cache/index.js';

const CacheLayer = { RESPONSE: 'response', FIELD: 'field', LIST: 'list', ENTITY: 'entity', VALUE: 'value' } as const satisfies Record<string, Layer>;

registerEnumType(CacheLayer, {
  name: 'CacheLayer',
  description: 'The floors of the cache; a request asks them from the top.',
  valuesConfig: {
    RESPONSE: { description: 'Serialized root fields.' },
    FIELD: { description: 'Values of single resolvers.' },
    LIST: { description: 'Lists, counts and searches.' },
    ENTITY: { description: 'Rows by key.' },
    VALUE: { description: 'What applications cache by name.' },
  },
});

@ObjectType({ description: 'Why what was looked up could not be served.' })
export class CacheMissReasons {
  @Field(() => GraphQLSafeInt, { description: 'Nothing was stored.' })
  absent!: number;

  @Field(() => GraphQLSafeInt, { description: 'Its lifetime was over.' })
  expired!: number;

  @Field(() => GraphQLSafeInt, { description: 'A write or a purge had overtaken it.' })
  invalidated!: number;

  @Field(() => GraphQLSafeInt, { description: 'It was stored before the ledger began anew.' })
  epoch!: number;

  @Field(() => GraphQLSafeInt, { description: 'It is older than what the ledger remembers.' })
  trimmed!: number;

  @Field(() => GraphQLSafeInt, { description: 'A change of it was not in the ledger yet.' })
  pending!: number;

  @Field(() => GraphQLSafeInt, { description: 'The node could not trust what is stored.' })
  alone!: number;
}

@ObjectType({ description: 'What happened to look-ups since the server started, on the node that answers.' })
export class CacheFigures {
  @Field(() => GraphQLSafeInt, { description: 'Answered fresh from the cache.' })
  hits!: number;

  @Field(() => GraphQLSafeInt, { description: 'Answered by an old value in its grace.' })
  stale!: number;

  @Field(() => GraphQLSafeInt)
  misses!: number;

  @Field(() => CacheMissReasons)
  missReasons!: CacheMissReasons;

  @Field(() => GraphQLSafeInt, { description: 'Misses that were answered by a load already under way.' })
  joins!: number;

  @Field(() => GraphQLSafeInt, { description: 'Loads that did not ask the cache.' })
  bypasses!: number;

  @Field(() => GraphQLSafeInt)
  loads!: number;

  @Field(() => Float, { nullable: true, description: 'Null before the first load.' })
  averageLoadMilliseconds!: number | null;

  @Field(() => GraphQLSafeInt, { description: 'Values that were stored.' })
  sets!: number;

  @Field(() => GraphQLSafeInt, { description: 'Loaded values that were not stored.' })
  skips!: number;

  @Field(() => GraphQLSafeInt, { description: 'Loads that failed.' })
  errors!: number;

  @Field(() => Float, { nullable: true, description: 'Hits as a share (0 to 1) of hits and misses; null before the first look-up.' })
  hitRate!: number | null;
}

@ObjectType()
export class CacheTotals extends CacheFigures {
  @Field(() => GraphQLSafeInt, { description: 'Tags that were invalidated.' })
  invalidations!: number;
}

@ObjectType()
export class CacheLayerFigures extends CacheFigures {
  @Field(() => CacheLayer)
  layer!: Layer;
}

@ObjectType()
export class CacheProfileFigures extends CacheFigures {
  @Field(() => String, { nullable: true, description: 'Null for what is cached without a profile.' })
  profile!: string | null;
}

@ObjectType()
export class CacheTypeFigures extends CacheFigures {
  @Field(() => String, { description: 'Name of the field, list or loader.' })
  type!: string;

  @Field(() => CacheLayer)
  layer!: Layer;

  @Field(() => String, { nullable: true })
  profile!: string | null;
}

@ObjectType()
export class CacheTenantFigures extends CacheTotals {
  @Field(() => String, { description: 'The slug; `global` for what all tenants share, `other` for tenants beyond those counted apart.' })
  tenant!: string;
}

@ObjectType()
export class CacheMemory {
  @Field(() => GraphQLSafeInt, { nullable: true })
  entries!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  bytes!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  maxBytes!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'Entries that made room for others.' })
  evictions!: number | null;
}

@ObjectType({ description: 'Redis, as it describes itself: null where it does not answer.' })
export class CacheRedis {
  @Field(() => Boolean, { description: 'False while it is given no requests, because it failed lately.' })
  healthy!: boolean;

  @Field(() => String, { nullable: true })
  version!: string | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'Bytes.' })
  usedMemory!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'Bytes; null for no limit.' })
  maxMemory!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  clients!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  keys!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  evictedKeys!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  hits!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true })
  misses!: number | null;

  @Field(() => GraphQLSafeInt, { description: 'Calls that this node gave up at their deadline.' })
  timeouts!: number;

  @Field(() => GraphQLSafeInt, { description: 'Calls of this node that failed.' })
  errors!: number;
}

@ObjectType({ description: 'What was invalidated when, as this node knows it.' })
export class CacheLedger {
  @Field(() => String, { description: '`memory` or `redis`.' })
  kind!: string;

  @Field(() => String)
  epoch!: string;

  @Field(() => GraphQLSafeInt)
  position!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tags that are remembered.' })
  tags!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tags whose change is committed and not in the ledger yet.' })
  pending!: number;

  @Field(() => Boolean, { description: 'Whether what is stored may be served.' })
  trusted!: boolean;

  @Field(() => Float, { nullable: true, description: 'Milliseconds since this node last knew everything; null if it never did.' })
  lag!: number | null;
}

@ObjectType({ description: 'Hits that were executed again for comparison (CACHE_DIVERGENCE_SHARE).' })
export class CacheComparisons {
  @Field(() => GraphQLSafeInt)
  compared!: number;

  @Field(() => GraphQLSafeInt, { description: 'Differed from the source though nothing had invalidated them: a tag is missing. The log says which.' })
  diverged!: number;
}

@ObjectType({ description: 'The cache of the node that answers: a platform admin sees all of it, a tenant admin the own tenant.' })
export class CacheStats {
  @Field(() => String, { description: '`healthy`, or what is not.' })
  verdict!: string;

  @Field(() => GraphQLISODateTime, { description: 'Since when is counted.' })
  since!: Date;

  @Field(() => CacheTotals)
  totals!: CacheTotals;

  @Field(() => [CacheLayerFigures])
  byLayer!: CacheLayerFigures[];

  @Field(() => [CacheProfileFigures])
  byProfile!: CacheProfileFigures[];

  @Field(() => [CacheTypeFigures], { description: 'The busiest first.' })
  byType!: CacheTypeFigures[];

  @Field(() => [CacheTenantFigures], { description: 'The busiest first.' })
  byTenant!: CacheTenantFigures[];

  @Field(() => CacheMemory, { nullable: true, description: 'For platform admins.' })
  memory!: CacheMemory | null;

  @Field(() => CacheRedis, { nullable: true, description: 'For platform admins; null where there is none.' })
  redis!: CacheRedis | null;

  @Field(() => CacheLedger, { nullable: true, description: 'For platform admins.' })
  ledger!: CacheLedger | null;

  @Field(() => CacheComparisons, { nullable: true, description: 'For platform admins.' })
  comparisons!: CacheComparisons | null;
}
