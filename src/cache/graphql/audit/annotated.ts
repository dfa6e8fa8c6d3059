import {
  DirectiveLocation,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** A place in a schema where directives may stand, and those that do. */
export interface Annotated {
  /** `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  readonly name: string;
  readonly location: DirectiveLocation;
  readonly directives: readonly ConstDirectiveNode[];
}

interface Node {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/**
 * Everything in a schema that has directives. They are read from the syntax that the schema was made from, as Apollo reads
 * them: neither it nor graphql-js looks at those that nobody asks for.
 */
export function annotated(schema: GraphQLSchema): readonly Annotated[] {
  const found: Annotated[] = [];
  const add = (name: string, location: DirectiveLocation, nodes: readonly (Node | null | undefined)[]): void => {
    const directives = nodes.flatMap((node) => node?.directives ?? []);
    if (directives.length > 0) found.push({ name, location, directives });
  };
  add('schema', DirectiveLocation.SCHEMA, [schema.astNode, ...schema.extensionASTNodes]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    add(type.name, locationOf(type), [type.astNode, ...type.extensionASTNodes]);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        add(`${type.name}.${field.name}`, DirectiveLocation.FIELD_DEFINITION, [field.astNode]);
        for (const arg of field.args) add(`${type.name}.${field.name}(${arg.name}:)`, DirectiveLocation.ARGUMENT_DEFINITION, [arg.astNode]);
      }
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) add(`${type.name}.${field.name}`, DirectiveLocation.INPUT_FIELD_DEFINITION, [field.astNode]);
    } else if (isEnumType(type)) {
      for (const value of type.getValues()) add(`${type.name}.${value.name}`, DirectiveLocation.ENUM_VALUE, [value.astNode]);
    }
  }
  return found;
}

function locationOf(type: GraphQLNamedType): DirectiveLocation {
  if (isObjectType(type)) return DirectiveLocation.OBJECT;
  if (isInterfaceType(type)) return DirectiveLocation.INTERFACE;
  if (isInputObjectType(type)) return DirectiveLocation.INPUT_OBJECT;
  if (isEnumType(type)) return DirectiveLocation.ENUM;
  return isScalarType(type) ? DirectiveLocation.SCALAR : DirectiveLocation.UNION;
}
