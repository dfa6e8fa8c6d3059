import { getNamedType, isAbstractType, isInterfaceType, isObjectType, type GraphQLField, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

/** The types that operations on a root can come to. */
export function reachable(schema: GraphQLSchema, ...roots: readonly (GraphQLObjectType | null | undefined)[]): ReadonlySet<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType): void => {
    if (found.has(type)) return;
    found.add(type);
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible);
    if (isObjectType(type) || isInterfaceType(type)) for (const field of Object.values(type.getFields())) visit(getNamedType(field.type));
  };
  for (const root of roots) if (root) visit(root);
  return found;
}

export interface ReachedField {
  /** `Query.medicines`. */
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** The fields of all objects that a query can come to. */
export function queryFields(schema: GraphQLSchema): readonly ReachedField[] {
  return [...reachable(schema, schema.getQueryType())]
    .filter((type) => isObjectType(type))
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((parent) => Object.values(parent.getFields()).map((field) => ({ name: `${parent.name}.${field.name}`, parent, field })));
}
