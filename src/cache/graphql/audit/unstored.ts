import { getNamedType, isCompositeType, isObjectType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { hintOn, hintOnType, possibleTypes } from '../hints.js';
import { listed } from './wording.js';

/**
 * Types that have no hint although root fields above them do. As in Apollo Server, such an object may not be kept at all unless
 * a default says otherwise, and with it the whole piece of the response: right, and perhaps not what was meant.
 */
export function unstored(schema: GraphQLSchema, defaultMaxAge: number): readonly string[] {
  if (defaultMaxAge > 0) return [];
  const found = new Map<string, { readonly type: GraphQLNamedType; readonly selecting: string; readonly roots: string[] }>();
  const query = schema.getQueryType();
  for (const root of Object.values(query?.getFields() ?? {})) {
    if (lifetimeOf(root) === 'none') continue;
    for (const [selecting, type] of hintlessBelow(schema, getNamedType(root.type))) {
      const known = found.get(selecting) ?? { type, selecting, roots: [] };
      known.roots.push(`${query?.name ?? ''}.${root.name}`);
      found.set(selecting, known);
    }
  }
  return [...found.values()].map(
    ({ type, selecting, roots }) =>
      `${listed(roots)}: never stored where ${selecting} is selected, because ${type.name} has no hint; give it one, or @cacheControl(inheritMaxAge: true) if it is part of what contains it.`,
  );
}

/** Whether field or type say anything of how long a value may be kept; what the members of an interface say only shortens it. */
function lifetimeOf(field: GraphQLField<unknown, unknown>): 'own' | 'inherited' | 'none' {
  const type = getNamedType(field.type);
  const ofField = hintOn(field.astNode);
  if (ofField?.maxAge !== undefined) return 'own';
  const ofType = hintOnType(type);
  if (ofField?.inheritMaxAge === true || ofType?.inheritMaxAge === true) return 'inherited';
  return ofType?.maxAge === undefined ? 'none' : 'own';
}

/** The fields below a type that return objects of a hintless type; not what is below those. */
function hintlessBelow(schema: GraphQLSchema, top: GraphQLNamedType): ReadonlyMap<string, GraphQLNamedType> {
  const found = new Map<string, GraphQLNamedType>();
  const visited = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType): void => {
    if (visited.has(type)) return;
    visited.add(type);
    for (const possible of possibleTypes(schema, type)) if (possible !== type) visit(possible);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      if (!isCompositeType(inner)) continue;
      if (lifetimeOf(field) === 'none') found.set(`${type.name}.${field.name}`, inner);
      else visit(inner);
    }
  };
  visit(top);
  return found;
}
