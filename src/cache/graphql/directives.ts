import { DirectiveLocation, GraphQLBoolean, GraphQLDirective, GraphQLEnumType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString, type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';

const scopeType = new GraphQLEnumType({
  name: 'CacheControlScope',
  values: { PUBLIC: { description: 'Shared by all viewers of a tenant.' }, PRIVATE: { description: 'Kept for one viewer.' } },
});

/** The field's standard directive, as Apollo Server defines it. */
export const cacheControlDirective = new GraphQLDirective({
  name: 'cacheControl',
  description: 'How long a field or a type may be cached, in seconds, and for whom.',
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.UNION],
  args: { maxAge: { type: GraphQLInt }, scope: { type: scopeType }, inheritMaxAge: { type: GraphQLBoolean } },
});

/** What Larder adds to it. */
export const cachePolicyDirective = new GraphQLDirective({
  name: 'cachePolicy',
  description: 'Adds to @cacheControl the profile it comes from, a grace in seconds, and whether all tenants share the value.',
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.UNION],
  args: {
    profile: { type: GraphQLString },
    staleWhileRevalidate: { type: GraphQLInt },
    shared: { type: GraphQLBoolean, description: 'The value is the same for all tenants and reads nothing of any.' },
    timeDependent: { type: GraphQLBoolean, description: 'The value may be another a moment later though nothing was written.' },
    invalidatedBy: { type: GraphQLString, description: 'Who answers for changes that no mutation of the schema makes, for people.' },
  },
});

const names = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)));

/** For the audit: nothing is cached or invalidated by it. */
export const readsDirective = new GraphQLDirective({
  name: 'reads',
  description: 'The loaders, lists and tables that a value is made from.',
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.UNION],
  args: { from: { type: names } },
});

/** For the audit: what is invalidated, the rows decide that were written. */
export const invalidatesDirective = new GraphQLDirective({
  name: 'invalidates',
  description: 'The tables that a mutation may write.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { tables: { type: names } },
});

export const cacheDirectives: readonly GraphQLDirective[] = [cacheControlDirective, cachePolicyDirective, readsDirective, invalidatesDirective];

/** The definitions as SDL, for schema-first servers. */
export const cacheDirectivesSDL = `
enum CacheControlScope { PUBLIC PRIVATE }
directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
directive @cachePolicy(profile: String, staleWhileRevalidate: Int, shared: Boolean, timeDependent: Boolean, invalidatedBy: String) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
directive @reads(from: [String!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
directive @invalidates(tables: [String!]!) on FIELD_DEFINITION
`;

/** The arguments of a directive where it is used, by name; null where it is not used. */
export function directiveArguments(
  node: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const used = node?.directives?.find((directive) => directive.name.value === name);
  if (used === undefined) return null;
  return Object.fromEntries((used.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]));
}
