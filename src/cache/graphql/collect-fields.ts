import {
  isAbstractType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The union of what a subgraph's `_entities` answers (Apollo Federation, subgraph specification). */
export const ENTITY = '_Entity';

/** What is needed to tell which fields a selection stands for. */
export interface SelectionSource {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Values of the variables that `@skip` and `@include` use. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** For a subgraph's `_entities`: the types of its representations; null for operations without the field. */
  readonly entityTypes?: readonly GraphQLObjectType[] | null;
}

/** By response name, in the order of the answer; several nodes where a name is selected more than once. */
export type CollectedFields = ReadonlyMap<string, readonly FieldNode[]>;

/** The fields selected of an object (GraphQL specification, section 6.3.2, CollectFields). */
export function collectFields(source: SelectionSource, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): CollectedFields {
  const collected = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (!isIncluded(selection.directives, source.conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = collected.get(name);
        if (nodes === undefined) collected.set(name, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(source.schema, selection.typeCondition?.name.value, type)) collect(selection.selectionSet.selections);
      } else {
        const fragment = source.fragments.get(selection.name.value);
        if (fragment === undefined || visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        if (applies(source.schema, fragment.typeCondition.name.value, type)) collect(fragment.selectionSet.selections);
      }
    }
  };
  for (const { selections } of sets) collect(selections);
  return collected;
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return named !== undefined && isAbstractType(named) && schema.isSubType(named, type);
}

function isIncluded(directives: readonly DirectiveNode[] | undefined, conditions: ReadonlyMap<string, boolean>): boolean {
  if (directives === undefined || directives.length === 0) return true;
  for (const directive of directives) {
    const value = conditionOf(directive)?.value;
    if (value === undefined) continue;
    const is = value.kind === Kind.VARIABLE ? conditions.get(value.name.value) : value.kind === Kind.BOOLEAN && value.value;
    if (is === (directive.name.value === 'skip')) return false;
  }
  return true;
}

function conditionOf(directive: DirectiveNode) {
  if (directive.name.value !== 'skip' && directive.name.value !== 'include') return undefined;
  return directive.arguments?.find(({ name }) => name.value === 'if');
}

/** Names of the variables that decide which fields are selected, in alphabetical order. */
export function conditionVariables(sets: readonly SelectionSetNode[]): readonly string[] {
  const names = new Set<string>();
  const walk = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const directive of selection.directives ?? []) {
        const value = conditionOf(directive)?.value;
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) walk(selection.selectionSet);
    }
  };
  sets.forEach(walk);
  return [...names].sort();
}

/** The object types that a value of a type can be of. */
export function objectTypes({ schema, entityTypes }: Pick<SelectionSource, 'schema' | 'entityTypes'>, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  if (entityTypes && type.name === ENTITY) return entityTypes;
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}
