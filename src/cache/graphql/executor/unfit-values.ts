import { GraphQLError, isObjectType, type GraphQLAbstractType, type GraphQLLeafType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
// The way it writes values into its messages, which it does not export: the same in every version 16.
import { inspect } from 'graphql/jsutils/inspect.js';
import type { SelectedField } from './selected-fields.js';

/*
 * Values that are not as the schema has them: mistakes of the server's own. In graphql-js' words, which people look for.
 */

/** Nothing, where something has to be. */
export function missing(of: SelectedField): Error {
  return new Error(`Cannot return null for non-nullable field ${named(of)}.`);
}

export function noList(of: SelectedField): GraphQLError {
  return new GraphQLError(`Expected Iterable, but did not find one for field "${named(of)}".`);
}

export function notOfType({ name }: GraphQLObjectType, value: unknown, { nodes }: SelectedField): GraphQLError {
  return new GraphQLError(`Expected value of type "${name}" but got: ${inspect(value)}.`, { nodes });
}

/** A scalar's or an enum's value for the answer. @throws Error where there is none; and whatever the type throws. */
export function serialized(type: GraphQLLeafType, value: unknown): unknown {
  const found = type.serialize(value);
  if (found === null || found === undefined) {
    throw new Error(`Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(found)}`);
  }
  return found;
}

interface Abstract {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLAbstractType;
  readonly field: SelectedField;
  readonly value: unknown;
}

/** The type that a value of an interface or a union is said to be of. @throws GraphQLError where it is none of them. */
export function runtimeType(found: unknown, { schema, type, field, value }: Abstract): GraphQLObjectType {
  const { nodes } = field;
  const must = `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${named(field)}"`;
  if (found === null || found === undefined) {
    throw new GraphQLError(`${must}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`, { nodes });
  }
  if (isObjectType(found)) {
    throw new GraphQLError('Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.');
  }
  if (typeof found !== 'string') throw new GraphQLError(`${must} with value ${inspect(value)}, received "${inspect(found)}".`);
  const of = schema.getType(found);
  if (of === undefined) throw new GraphQLError(`Abstract type "${type.name}" was resolved to a type "${found}" that does not exist inside the schema.`, { nodes });
  if (!isObjectType(of)) throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${found}".`, { nodes });
  if (!schema.isSubType(type, of)) throw new GraphQLError(`Runtime Object type "${of.name}" is not a possible type for "${type.name}".`, { nodes });
  return of;
}

function named({ parentType, field }: SelectedField): string {
  return `${parentType.name}.${field.name}`;
}
