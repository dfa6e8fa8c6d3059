import 'reflect-metadata';
import { specifiedDirectives, type GraphQLSchema } from 'graphql';
import { buildSchema as buildTypeGraphqlSchema, type NonEmptyArray } from 'type-graphql';
import { cacheDirectives } from '../cache/graphql/index.js';
import { requiresDirective } from './authorize.js';
import { leavePlainFields } from './plain-fields.js';
import { assertNullableRootFields } from './root-fields.js';
import { validateArgument } from './validation.js';

/** A resolver class, listed by hand in its module: nothing is found by scanning. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- type-graphql's own type for classes
export type ResolverClass = Function;

/** The schema, bare: without caches and without authorization, which the composition root wraps around it. */
export async function buildSchema(resolvers: readonly ResolverClass[]): Promise<GraphQLSchema> {
  const schema = await buildTypeGraphqlSchema({
    resolvers: resolvers as NonEmptyArray<ResolverClass>,
    // Ours alone would take the place of @skip and @include.
    directives: [...specifiedDirectives, ...cacheDirectives, requiresDirective],
    validateFn: validateArgument,
    // The decorators' registry is global; what no listed resolver reaches stays out.
    orphanedTypes: [],
  });
  assertNullableRootFields(schema);
  leavePlainFields(schema);
  return schema;
}
