import { defaultFieldResolver, getNamedType, isCompositeType, isObjectType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { hintOfField, hintOn, hintOnType, limitsOfInterfaces, possibleTypes } from '../hints.js';
import { queryFields } from './reach.js';

/**
 * Private data in values that all viewers share. A field that is stored by itself is stored as its resolver returned it: with
 * the objects in it, and with everything that a field without a resolver takes from them. If the field is PUBLIC, none of these
 * may be hinted PRIVATE, by themselves or by an interface; a field that does not say its scope has that of its type. What a resolver adds later is not part of the value and may be private: it makes the piece of the
 * response private that it is selected in (P1).
 */
export function exposed(schema: GraphQLSchema): readonly string[] {
  return queryFields(schema).flatMap(({ name, parent, field }) => {
    const hint = hintOfField(schema, parent, field);
    if (hint === null || hint.policy.maxAge <= 0 || hint.policy.scope === 'PRIVATE') return [];
    return privateWithin(schema, getNamedType(field.type)).map((inside) =>
      inside.includes('.')
        ? `${name} is stored with its plain fields as PUBLIC, and ${inside} among them is hinted PRIVATE; give ${inside} a resolver of its own, or make ${name} PRIVATE.`
        : `${name} is stored as PUBLIC, and its value contains ${inside}, which is hinted PRIVATE; make the field PRIVATE too, or the type PUBLIC.`,
    );
  });
}

/** The types and plain fields of a value of a type that are hinted PRIVATE. */
function privateWithin(schema: GraphQLSchema, returned: GraphQLNamedType): readonly string[] {
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

/** Read from its parent's value, and so a part of it. */
function isPlain({ resolve }: GraphQLField<unknown, unknown>): boolean {
  return resolve === undefined || resolve === defaultFieldResolver;
}
