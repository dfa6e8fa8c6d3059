import { defaultFieldResolver, DirectiveLocation, GraphQLDirective, GraphQLEnumType, GraphQLNonNull, isObjectType, type GraphQLSchema } from 'graphql';
import { Directive } from 'type-graphql';
import { declarationsOf, directiveArguments } from '../cache/graphql/index.js';
import type { Context } from './context.js';
import { LarderError } from './errors.js';
import { roles, type Role } from './roles.js';

/** In the SDL, so that clients see what they need and the cache knows what a field's answer depends on. */
export const requiresDirective = new GraphQLDirective({
  name: 'requires',
  description: 'The least role that the field is answered for.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    role: { type: new GraphQLNonNull(new GraphQLEnumType({ name: 'RequiredRole', values: Object.fromEntries(roles.map((role) => [role, {}])) })) },
  },
});

/** Answers the field only for viewers with at least this role in the tenant of the request. */
export function Requires(role: Role): MethodDecorator & PropertyDecorator {
  return Directive(`@requires(role: ${role})`);
}

/** The role that a declaration of a field requires; null for none. */
export function requiredRole(field: { readonly astNode?: Parameters<typeof directiveArguments>[0] }): Role | null {
  const role = directiveArguments(field.astNode, 'requires')?.['role'];
  return roles.find((known) => known === role) ?? null;
}

/**
 * Checks `@requires` of a field, and of the same field in interfaces of its object, before every resolver and so before any
 * cache look-up (P3).
 * To be applied after the field cache: the last to wrap is the first to run.
 */
export function authorizeFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const required = declarationsOf(type, field).flatMap(({ field: declared }) => requiredRole(declared) ?? []);
      if (required.length === 0) continue;
      const name = `${type.name}.${field.name}`;
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (parent, args, context: Context, info) => {
        for (const role of required) authorize(context, role, name);
        return resolve(parent, args, context, info);
      };
    }
  }
}

/** @throws LarderError UNAUTHENTICATED or FORBIDDEN. */
export function authorize(context: Context, required: Role, what: string): void {
  if (context.mayDo(required)) return;
  if (!context.isSignedIn) throw new LarderError('UNAUTHENTICATED', `${what} is for signed-in viewers only.`);
  throw new LarderError('FORBIDDEN', `${what} requires the role ${required}.`);
}
