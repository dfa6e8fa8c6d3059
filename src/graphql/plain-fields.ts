import { isInterfaceType, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

interface TypeField {
  /** `Medicine.price`. */
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  /** What decorators say of its resolver; null where it has none. */
  readonly resolver: { readonly directives?: readonly { readonly nameOrDefinition: string }[] } | null;
}

/** Fields of classes: all but those of the roots. Resolver classes that inherit from others are not looked for: there are none. */
function typeFields(schema: GraphQLSchema): readonly TypeField[] {
  const { fieldResolvers, objectTypes, interfaceTypes } = getMetadataStorage();
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const declared = objectTypes.find(({ name }) => name === type.name) ?? interfaceTypes.find(({ name }) => name === type.name);
    if (declared === undefined) return [];
    const owners: readonly unknown[] = [...ancestorsOf(declared.target), ...(declared.interfaceClasses ?? [])];
    return Object.values(type.getFields()).map((field) => ({
      name: `${type.name}.${field.name}`,
      field,
      resolver: fieldResolvers.find((one) => one.schemaName === field.name && owners.includes(one.getObjectType?.())) ?? null,
    }));
  });
}

function ancestorsOf(of: object): readonly object[] {
  const found: object[] = [];
  for (let one: object | null = of; one !== null; one = Object.getPrototypeOf(one) as object | null) found.push(one);
  return found;
}

/**
 * Lets graphql-js read the fields that no resolver computes, as it does by itself. type-graphql gives each a function, which
 * costs more, and which nobody can tell from a resolver: what is a part of its parent's value would not be known.
 */
export function leavePlainFields(schema: GraphQLSchema): void {
  for (const { field, resolver } of typeFields(schema)) if (resolver === null) field.resolve = undefined;
}

/** Directives that type-graphql has dropped without a word: on the resolver of a field that the class has, too. */
export function lostDirectives(schema: GraphQLSchema): readonly string[] {
  return typeFields(schema).flatMap(({ name, field, resolver }) => {
    const kept = field.astNode?.directives?.map((directive) => directive.name.value) ?? [];
    const said = (resolver?.directives ?? []).flatMap(({ nameOrDefinition }) => /\w+/.exec(nameOrDefinition)?.[0] ?? []);
    const lost = said.filter((directive) => !kept.includes(directive));
    return lost.map((directive) => `${name}: @${directive} stands on its resolver and is lost, because the class has the field, too; put it there, or take the field out of the class.`);
  });
}
