import { getNamedType, isAbstractType, isCompositeType, type GraphQLField, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
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
  /** What interfaces say of the field. */
  readonly limits: readonly Limit[];
}

type Annotated = Parameters<typeof directiveArguments>[0];
type AnnotatedField = Pick<GraphQLField<unknown, unknown>, 'astNode' | 'type'>;
type ObjectField = AnnotatedField & { readonly name: string };

/** Seconds, the unit of cache hints and HTTP headers, to milliseconds, the unit of everything inside. */
export function secondsToMilliseconds(seconds: number): number {
  return seconds * 1000;
}

/** The hint on a field; null where it has none. */
export function hintOn(node: Annotated): Hint | null {
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

/** The hint on a type and its extensions; of a directive that stands several times, the first counts. */
export function hintOnType(type: GraphQLNamedType): Hint | null {
  if (!isCompositeType(type)) return null;
  return hintOn({ directives: [type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.directives ?? []) });
}

/** The types that a value of a type can be of, itself for one that is no interface and no union. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/** A field as an object or an interface declares it. */
export interface Declaration<Field> {
  /** `Book.title`. */
  readonly coordinate: string;
  readonly field: Field;
}

/** A field of an object, and behind it the same field of each interface that the object implements. */
export function declarationsOf<Field extends ObjectField>(parent: GraphQLObjectType, field: Field): readonly Declaration<Field>[] {
  const implemented = parent.getInterfaces().flatMap((type) => {
    const declared = type.getFields()[field.name] as Field | undefined;
    return declared === undefined ? [] : [{ coordinate: `${type.name}.${field.name}`, field: declared }];
  });
  return [{ coordinate: `${parent.name}.${field.name}`, field }, ...implemented];
}

/** A hint that may only shorten the lifetime and tighten the scope of a field. */
export interface Limit {
  /** The coordinate that carries it: `HasSecret.secret`, `Secret`. */
  readonly by: string;
  readonly hint: Hint;
}

/** The hints of an object's interfaces on one of its fields. Where an interface returns another type, its hint counts, too. */
export function limitsOfInterfaces(parent: GraphQLObjectType, field: ObjectField): readonly Limit[] {
  const returned = getNamedType(field.type);
  return declarationsOf(parent, field)
    .slice(1)
    .flatMap(({ coordinate, field: declared }) => {
      const own = hintOn(declared.astNode);
      const type = getNamedType(declared.type);
      const ofType = type === returned ? null : hintOnType(type);
      const hint = own === null || ofType === null ? (own ?? ofType) : { ...own, maxAge: own.maxAge ?? ofType.maxAge, scope: own.scope ?? ofType.scope };
      return hint === null ? [] : [{ by: coordinate, hint }];
    });
}

/** The hints on the member types of an interface or a union. */
export function limitsOfMembers(schema: GraphQLSchema, type: GraphQLNamedType): readonly Limit[] {
  if (!isAbstractType(type)) return [];
  return schema.getPossibleTypes(type).flatMap((member) => {
    const hint = hintOnType(member);
    return hint === null ? [] : [{ by: member.name, hint }];
  });
}

/** The shortest stale-while-revalidate of the hints that have a maxAge. Milliseconds. */
export function graceWithin(grace: number, limits: readonly Limit[]): number {
  return Math.min(grace, ...limits.flatMap(({ hint }) => (hint.maxAge === undefined ? [] : hint.staleWhileRevalidate)));
}

/**
 * Who may share what a field answers, whatever that turns out to be (P1): one viewer, where a type that it can be of is
 * PRIVATE, or an interface says so of the field; else what the field says, or its type.
 */
export function scopeOf(schema: GraphQLSchema, parent: GraphQLObjectType, field: ObjectField): CacheScope {
  const type = getNamedType(field.type);
  const limits = [...limitsOfInterfaces(parent, field), ...limitsOfMembers(schema, type)];
  if (limits.some(({ hint }) => hint.scope === 'PRIVATE')) return 'PRIVATE';
  return hintOn(field.astNode)?.scope ?? hintOnType(type)?.scope ?? 'PUBLIC';
}

/** The field's own `@cacheControl` with a maxAge, and `@cachePolicy` beside it, as far as nothing limits them; null where it has none. */
export function hintOfField(schema: GraphQLSchema, parent: GraphQLObjectType, field: ObjectField): FieldHint | null {
  const hint = hintOn(field.astNode);
  if (hint?.maxAge === undefined) return null;
  const ofInterfaces = limitsOfInterfaces(parent, field);
  const limits = [...ofInterfaces, ...limitsOfMembers(schema, getNamedType(field.type))];
  const { profile } = hint;
  return {
    policy: {
      maxAge: Math.min(hint.maxAge, ...limits.flatMap((limit) => limit.hint.maxAge ?? [])),
      staleWhileRevalidate: graceWithin(hint.staleWhileRevalidate, limits),
      scope: scopeOf(schema, parent, field),
      ...(profile === undefined ? {} : { profile }),
    },
    shared: hint.shared && ofInterfaces.every((limit) => limit.hint.shared),
    limits: ofInterfaces,
  };
}
