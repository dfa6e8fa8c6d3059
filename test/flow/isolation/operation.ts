import { getNamedType, isAbstractType, isLeafType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { requiredRole } from '../../../src/graphql/authorize.js';
import type { Role } from '../../../src/graphql/roles.js';

/** A field that has to be tried. */
export interface TriedField {
  /** `Query.medicine`, `Medicine.stock`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  /** The least role; null for everybody. */
  readonly role: Role | null;
  readonly field: GraphQLField<unknown, unknown>;
}

/** Every root field, and every other that requires a role. */
export function fieldsToTry(schema: GraphQLSchema): readonly TriedField[] {
  const mutation = schema.getMutationType();
  const roots = [schema.getQueryType(), mutation];
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({ type, name: `${type.name}.${field.name}`, role: requiredRole(field), field })),
    )
    .filter(({ type, role }) => roots.includes(type) || role !== null)
    .map(({ type, ...tried }) => ({ ...tried, kind: type === mutation ? 'mutation' : 'query' }));
}

export interface Operation {
  readonly document: string;
  /** Where the field's value stands in the reply's data. */
  readonly path: readonly string[];
  /** Names of the arguments that have to be given. */
  readonly args: readonly string[];
}

/** Asks for a field and for everything below it that needs no further role: so much the more can show what it must not. */
export function operationOn(schema: GraphQLSchema, { kind, field }: TriedField, through?: string): Operation {
  const root = through === undefined ? field : schema.getQueryType()?.getFields()[through];
  if (root === undefined) throw new Error(`there is no field Query.${through}`);
  const args = root.args.map((arg) => arg.name);
  const variables = root.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((name) => `${name}: $${name}`).join(', ');
  const selected = selectionOf(schema, getNamedType(field.type), 5);
  const inner = through === undefined ? selected : `{ ${field.name} ${selected} }`;
  const document = `${kind} Tried${variables && `(${variables})`} { ${root.name}${given && `(${given})`} ${inner} }`;
  return { document, path: through === undefined ? [field.name] : [root.name, field.name], args };
}

function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (isAbstractType(type)) {
    const parts = schema.getPossibleTypes(type).map((possible) => `... on ${possible.name} ${selectionOf(schema, possible, depth)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const parts = Object.values(type.getFields()).flatMap((field) => {
    if (requiredRole(field) !== null || field.args.some(isRequiredArgument)) return [];
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    const selection = depth > 1 ? selectionOf(schema, inner, depth - 1) : '';
    return selection === '' ? [] : [`${field.name} ${selection}`];
  });
  return parts.length === 0 ? '' : `{ ${parts.join(' ')} }`;
}
