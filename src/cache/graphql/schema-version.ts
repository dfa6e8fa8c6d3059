import { isCompositeType, isInterfaceType, isObjectType, print, printSchema, type ConstDirectiveNode, type GraphQLSchema } from 'graphql';
import { digest } from '../../lib/digest.js';

const NAMES = new Set(['cacheControl', 'cachePolicy']);

/**
 * Changes with the schema, with the hints in it, and with `build`: another version's entries are other keys (P5). graphql
 * prints a schema without the directives that stand in it.
 */
export function schemaVersion(schema: GraphQLSchema, build: string): string {
  const hints: string[] = [];
  const note = (place: string, directives: readonly ConstDirectiveNode[] = []): void => {
    for (const directive of directives) if (NAMES.has(directive.name.value)) hints.push(`${place} ${print(directive)}`);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isCompositeType(type) || type.name.startsWith('__')) continue;
    for (const node of [type.astNode, ...type.extensionASTNodes]) note(type.name, node?.directives);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field.astNode?.directives);
  }
  return digest([build, printSchema(schema), ...hints.sort()].join('\n'));
}
