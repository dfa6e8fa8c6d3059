import { getNamedType, isAbstractType, isCompositeType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import type { CacheScope, Policy } from '../core/policy.js';
import { directiveArguments } from './directives.js';

/** What `@cacheControl` and `@cachePolicy` say where they stand; what they leave out is undefined. Milliseconds. */
export interface Hint {
  readonly maxAge: number | undefined;
  readonly scope: CacheScope | undefined;
  readonly inheritMaxAge: boolean;
  readonly staleWhileRevalidate: number;
  readonly profile: string | undefined;
  /** The same for all partitions. */
  readonly shared: boolean;
  /** May answer otherwise a moment later though nothing was written. */
  readonly timeDependent: boolean;
}

/** What a schema says about caching one field's value. */
export interface FieldHint {
  readonly policy: Policy;
  /** The same for all partitions. */
  readonly shared: boolean;
}

type Noted = Parameters<typeof directiveArguments>[0];
type Noting = Pick<GraphQLField<unknown, unknown>, 'astNode' | 'type'>;

/** Seconds, the unit of cache hints and HTTP headers, to milliseconds, the unit of everything inside. */
export function secondsToMilliseconds(seconds: number): number {
  return seconds * 1000;
}

/** The hint on a field; null where it has none. */
export function hintOn(node: Noted): Hint | null {
  const control = directiveArguments(node, 'cacheControl');
  const extra = directiveArguments(node, 'cachePolicy');
  if (control === null && extra === null) return null;
  const { maxAge, scope, inheritMaxAge } = control ?? {};
  const { staleWhileRevalidate, profile, shared, timeDependent } = extra ?? {};
  return {
    maxAge: typeof maxAge === 'number' ? secondsToMilliseconds(maxAge) : undefined,
    scope: scope === 'PRIVATE' || scope === 'PUBLIC' ? scope : undefined,
    inheritMaxAge: inheritMaxAge === true,
    staleWhileRevalidate: typeof staleWhileRevalidate === 'number' ? secondsToMilliseconds(staleWhileRevalidate) : 0,
    profile: typeof profile === 'string' ? profile : undefined,
    shared: shared === true,
    timeDependent: timeDependent === true,
  };
}

/** The hint on a type, or on an extension of it. */
export function hintOnType(type: GraphQLNamedType): Hint | null {
  if (!isCompositeType(type)) return null;
  for (const node of [type.astNode, ...type.extensionASTNodes]) {
    const hint = hintOn(node);
    if (hint !== null) return hint;
  }
  return null;
}

/** The types that a value of a type can be of, itself for one that is no interface and no union. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/**
 * Who may share what a field answers, whatever that turns out to be (P1): one viewer, where a type that it can be of is
 * PRIVATE; else what the field says, or its type.
 */
export function scopeOf(schema: GraphQLSchema, field: Noting): CacheScope {
  const type = getNamedType(field.type);
  if (isAbstractType(type) && possibleTypes(schema, type).some((possible) => hintOnType(possible)?.scope === 'PRIVATE')) return 'PRIVATE';
  return hintOn(field.astNode)?.scope ?? hintOnType(type)?.scope ?? 'PUBLIC';
}

/** The field's own `@cacheControl` with a maxAge, and `@cachePolicy` beside it; null where it has none. */
export function hintOfField(schema: GraphQLSchema, field: Noting): FieldHint | null {
  const hint = hintOn(field.astNode);
  if (hint?.maxAge === undefined) return null;
  const { maxAge, staleWhileRevalidate, profile, shared } = hint;
  return { policy: { maxAge, staleWhileRevalidate, scope: scopeOf(schema, field), ...(profile === undefined ? {} : { profile }) }, shared };
}
