import { isNonNullType, type GraphQLSchema } from 'graphql';

/** Last sentence of a query root field's description, for a field whose value itself is never null. */
export const NULL_WITH_ERROR = 'Null, beside an error, when the field fails.';

/** The same for a field behind `@Requires`. */
export const NULL_WITHOUT_ROLE = 'Null, beside an error, when the viewer lacks the role or the field fails.';

/**
 * Refuses a schema with a query root field that is non-null, or that does not say when it is null. GraphQL answers a failed
 * non-null root field with `data: null`: one field would take its siblings along, though each is a piece of its own.
 */
export function assertNullableRootFields(schema: GraphQLSchema): void {
  for (const { name, type, description } of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (isNonNullType(type)) throw new Error(`Query.${name} is ${String(type)}: declare it nullable, so that its failure leaves its siblings alone.`);
    if (!/\bnull\b/i.test(description ?? '')) throw new Error(`The description of Query.${name} does not say when the field is null.`);
  }
}
