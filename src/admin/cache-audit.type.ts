import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { CacheScope } from '../cache/index.js';
import type { AuditedPlace } from '../cache/graphql/index.js';

const CachedPlaceKind = { FIELD: 'field', TYPE: 'type', LIST: 'list', ENTITY: 'entity' } as const satisfies Record<string, AuditedPlace['kind']>;
const Scope = { PUBLIC: 'PUBLIC', PRIVATE: 'PRIVATE' } as const satisfies Record<CacheScope, CacheScope>;

registerEnumType(CachedPlaceKind, {
  name: 'CachedPlaceKind',
  description: 'What is cached.',
  valuesConfig: {
    FIELD: { description: 'The value of a field, or what a field adds to the value that contains it.' },
    TYPE: { description: 'Objects of a type, wherever they are part of a response.' },
    LIST: { description: 'A list, count or search.' },
    ENTITY: { description: 'Rows by key.' },
  },
});

registerEnumType(Scope, {
  name: 'CacheScope',
  description: 'Who shares a cached value.',
  valuesConfig: { PUBLIC: { description: 'All viewers of a tenant.' }, PRIVATE: { description: 'One viewer.' } },
});

@ObjectType({ description: 'Something that is cached, or that becomes part of what is.' })
export class CachedPlace {
  @Field(() => CachedPlaceKind)
  readonly kind!: AuditedPlace['kind'];

  @Field(() => String, { description: '`Query.medicines`, `Medicine`, or the name of a list or a loader.' })
  readonly name!: string;

  @Field(() => Int, { nullable: true, description: 'In seconds; 0 is never stored. Null for a field without a lifetime of its own: it lives as long as what contains it.' })
  readonly maxAge!: number | null;

  @Field(() => Int, { description: 'For how many seconds more it may be served while the database fails.' })
  readonly staleWhileRevalidate!: number;

  @Field(() => Scope)
  readonly scope!: CacheScope;

  @Field(() => Boolean, { description: 'Whether all tenants share it.' })
  readonly shared!: boolean;

  @Field(() => String, { nullable: true })
  readonly profile!: string | null;

  @Field(() => [String], { description: 'Forms of the tags that it depends on; beside them, the tag of all rows of each table.' })
  readonly tags!: readonly string[];

  @Field(() => [String])
  readonly tables!: readonly string[];

  @Field(() => [String], { description: 'Mutations that may make it invalid, and who else does. A purge always can.' })
  readonly invalidatedBy!: readonly string[];
}

@ObjectType('CacheAudit', { description: 'What the schema says about caching.' })
export class CacheAuditType {
  @Field(() => [CachedPlace])
  readonly places!: readonly CachedPlace[];

  @Field(() => [String], { description: 'What is right and perhaps not meant: root fields that are never stored although they have a hint, and why.' })
  readonly notes!: readonly string[];
}
