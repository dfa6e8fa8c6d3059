import { defaultFieldResolver, getNamedType, isObjectType, OperationTypeNode, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { canonical } from '../../lib/canonical.js';
import { Collector } from '../core/collector.js';
import type { Identity, Subject } from '../core/key.js';
import type { CacheScope } from '../core/policy.js';
import type { Reader } from '../core/reader.js';
import { ThrownValue, type Loaded } from '../core/reading.js';
import { GLOBAL } from '../core/tags.js';
import { argumentText } from './argument-text.js';
import { declarationsOf, hintOfField, type FieldHint } from './hints.js';
import { isPieceCollector } from './piece-collectors.js';
import { isPlain, noteAsPlain, privateWithin } from './private-values.js';
import { watchInfo } from './watched-operation.js';

/** How the field cache finds in an application's context what it needs, and nothing else. */
export interface FieldCacheOptions<Context, Source> {
  /** The request's reader; null for a context without one: then nothing is cached. */
  readonly readerOf: (context: Context) => Reader<Source> | null;
  /**
   * The context for a resolver whose value is to be stored: the same, reading through `reader`, but without what others
   * who get the value do not share: the partition of a `shared` field, the viewer of a PUBLIC one.
   */
  readonly contextWithin: (context: Context, reader: Reader<Source>, of: { readonly shared: boolean; readonly scope: CacheScope }) => Context;
  /** What the answer depends on beside parent and arguments: the resolved language, permissions. Plain data; frozen, it is read once. */
  readonly varyBy: (context: Context, args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** The viewer's id for PRIVATE fields; null for the anonymous one, for whom nothing PRIVATE is stored (P1). */
  readonly viewerOf: (context: Context) => string | null;
  /** Changes with the build and the schema: another version's entries are other keys (P5). */
  readonly version: string;
  /** What a viewer has to hold for a field to be answered; null for nothing. */
  readonly permissionOf?: (field: GraphQLField<unknown, unknown>) => string | null;
  readonly holds?: (context: Context, permission: string) => boolean;
}

/**
 * Caches the value of every resolver whose field carries its own `@cacheControl(maxAge:)`, at any depth. Hints of the object's
 * interfaces, and of the members of the field's type, shorten the lifetime and tighten the scope.
 * Wraps the schema's resolvers in place; whatever authorizes a field has to be wrapped around it afterwards (P3).
 *
 * @returns the names of the fields that are cached.
 */
export function cacheFields<Context, Source>(schema: GraphQLSchema, options: FieldCacheOptions<Context, Source>): readonly string[] {
  const cached: string[] = [];
  const unstored = [schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || unstored.includes(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const hint = hintOfField(schema, type, field);
      if (hint === null || hint.policy.maxAge <= 0) continue;
      const permissions = declarationsOf(type, field).flatMap((declared) => options.permissionOf?.(declared.field) ?? []);
      const name = `${type.name}.${field.name}`;
      wrap({ field: field as GraphQLField<unknown, Context>, name, hint: asPrivateAsValue(schema, field, hint), permissions }, options);
      cached.push(name);
    }
  }
  return cached;
}

/** The value is stored with all that plain fields take from it later: it is for one viewer if any of that is (P1). */
function asPrivateAsValue(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, hint: FieldHint): FieldHint {
  if (privateWithin(schema, getNamedType(field.type)).length === 0) return hint;
  return { ...hint, policy: { ...hint.policy, scope: 'PRIVATE' }, shared: false };
}

interface CachedField<Context> {
  readonly field: GraphQLField<unknown, Context>;
  readonly name: string;
  readonly hint: FieldHint;
  /** What viewers have to hold for it. */
  readonly permissions: readonly string[];
}

function wrap<Context, Source>({ field, name, hint, permissions }: CachedField<Context>, options: FieldCacheOptions<Context, Source>): void {
  const { policy, shared, limits } = hint;
  const resolve: GraphQLFieldResolver<unknown, Context> = field.resolve ?? defaultFieldResolver;
  const subject: Subject = {
    layer: 'field',
    name,
    version: options.version,
    ...(policy.profile === undefined ? {} : { profile: policy.profile }),
    ...(limits.length === 0 ? {} : { contains: { fields: limits.map(({ by }) => by), profiles: limits.flatMap(({ hint: { profile } }) => profile ?? []) } }),
  };

  // A resolver that checks a permission itself does not run on a hit, so viewers without the permission have another entry (P2).
  const heldOf = (context: Context): readonly string[] | undefined =>
    permissions.length === 0 ? undefined : permissions.filter((permission) => options.holds?.(context, permission) === true);
  // The value of a resolver that reads variables of the operation beyond its arguments is stored only in the piece.
  let isOfOperation = false;

  const cachedResolve: GraphQLFieldResolver<unknown, Context> = async (parent, args, context, info) => {
    const uncached = (): unknown => resolve(parent, args, context, info);
    const reader = options.readerOf(context);
    // Only queries: what a mutation's reply contains is read after the change and stored by nobody (P6).
    const isQuery = info.operation.operation === OperationTypeNode.QUERY || reader?.cache.without.has('queries-only') === true;
    if (reader === null || !isQuery || isOfOperation) return uncached();
    if (info.path.prev === undefined && isPieceCollector(reader.collector)) return uncached();
    const partition = shared ? GLOBAL : reader.partition;
    const viewer = policy.scope === 'PRIVATE' ? options.viewerOf(context) : undefined;
    const parentIdentity = identityOf(parent);
    if (partition === null || viewer === null || parentIdentity === null) return uncached();

    const values = args as Readonly<Record<string, unknown>>;
    const identity = identified(() => {
      const about = [parentIdentity, argumentText(field.args, values), canonical(options.varyBy(context, values)), viewer, heldOf(context)];
      return reader.cache.identities.of(subject, partition, about);
    });
    if (identity === null) return uncached();
    const load = async (): Promise<Loaded<unknown>> => {
      const collector = new Collector(partition);
      const inner = options.contextWithin(context, reader.within(collector), { shared, scope: policy.scope });
      const watched = watchInfo(info, () => {
        isOfOperation = true;
        collector.forbid('its resolver read the operation beyond its arguments');
      });
      return { value: await resolve(parent, args, inner, watched), collector };
    };
    return reader.take(await reader.cache.read(reader.request, { identity, policy }, load).catch(asThrown));
  };
  if (isPlain(field)) noteAsPlain(cachedResolve);
  field.resolve = cachedResolve;
}

/** What a resolver has thrown, whatever it is: GraphQL has its own words for what is no Error. */
function asThrown(error: unknown): never {
  throw error instanceof ThrownValue ? error.thrown : error;
}

/** Null for what cannot be named: arguments of scalars whose values are no plain data. */
function identified(identify: () => Identity): Identity | null {
  try {
    return identify();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * What tells one parent from another: all its data and their order, since a resolver may read any of it. Null for a parent that is not
 * plain data, whose fields are therefore not cached.
 */
function identityOf(parent: unknown): string | null {
  if (parent === undefined || parent === null) return 'root';
  try {
    return canonical(parent, 'kept');
  } catch {
    return null;
  }
}
