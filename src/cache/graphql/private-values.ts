import { defaultFieldResolver, getNamedType, isCompositeType, isObjectType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { hintOn, hintOnType, limitsOfInterfaces, possibleTypes } from './hints.js';

/**
 * The types and plain fields of a value of a type that are hinted PRIVATE, by themselves or by an interface (P1). A field with a
 * resolver of its own is no part of the value.
 */
export function privateWithin(schema: GraphQLSchema, returned: GraphQLNamedType): readonly string[] {
  const found: string[] = [];
  const visited = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType): void => {
    if (!isCompositeType(type) || visited.has(type)) return;
    visited.add(type);
    if (hintOnType(type)?.scope === 'PRIVATE') found.push(type.name);
    for (const possible of possibleTypes(schema, type)) visit(possible);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields()).filter(isPlain)) {
      const hints = [hintOn(field.astNode), ...limitsOfInterfaces(type, field).map(({ hint }) => hint)];
      if (hints.some((hint) => hint?.scope === 'PRIVATE')) found.push(`${type.name}.${field.name}`);
      visit(getNamedType(field.type));
    }
  };
  visit(returned);
  return found;
}

/** Whether a field is read from its parent's value, and so a part of it. */
export function isPlain({ resolve }: Pick<GraphQLField<unknown, never>, 'resolve'>): boolean {
  return resolve === undefined || resolve === defaultFieldResolver || plain.has(resolve);
}

/** Resolvers of the field cache around fields without one: a second cache of the schema must not take them for resolvers. */
const plain = new WeakSet<object>();

export function noteAsPlain(resolve: object): void {
  plain.add(resolve);
}
