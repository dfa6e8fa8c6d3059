import {
  defaultFieldResolver,
  getArgumentValues,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type ValueNode,
} from 'graphql';
import { collectFields, type SelectionSource } from '../collect-fields.js';
import type { Variables } from '../template.js';

/** What becomes of a value of a type (GraphQL specification, section 6.4.3), found out once. */
export type Completion = { readonly isNullable: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: Completion }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType }
);

/** An object with nothing but its own members, like those that graphql-js makes: of a class, which costs a fifth. */
const Members = function () {
  // Members come later.
} as unknown as new () => Record<string, unknown>;
Members.prototype = Object.create(null) as object;

type Arguments = Readonly<Record<string, unknown>>;

/** One field of the objects of one type, as an operation selects it. */
export class SelectedField {
  readonly responseName: string;
  /** The type's name, where that is what is asked for. */
  readonly typename: string | null;
  readonly completion: Completion;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly #below = new Map<GraphQLObjectType, readonly SelectedField[]>();
  readonly #usesVariables: boolean;
  #constant: Arguments | null = null;
  /** Where each argument that is given is a variable: which, and whether it may be null. Null where there is more to it. */
  readonly #given: readonly GivenVariable[] | null;

  constructor(
    private readonly source: SelectionSource,
    readonly parentType: GraphQLObjectType,
    { field, nodes }: Pick<SelectedField, 'field' | 'nodes'>,
  ) {
    const [node] = nodes;
    this.field = field;
    this.nodes = nodes;
    this.responseName = (node?.alias ?? node?.name)?.value ?? '';
    this.typename = field === TypeNameMetaFieldDef ? parentType.name : null;
    this.completion = completionOf(field.type);
    this.#usesVariables = (node?.arguments ?? []).some(({ value }) => isVariable(value));
    this.#given = node === undefined ? null : givenVariables(field, node);
  }

  /** Null where the value is the parent's member of that name. What wraps resolvers may do so after this was made. */
  get resolve(): GraphQLFieldResolver<unknown, unknown> | null {
    const { resolve } = this.field;
    return resolve === undefined || resolve === defaultFieldResolver ? null : resolve;
  }

  /** Another object each time: a resolver may do as it likes with it. @throws GraphQLError */
  argumentsFor(variables: Variables): Record<string, unknown> {
    if (this.field.args.length === 0) return new Members();
    if (this.#constant !== null) return copyOf(this.#constant);
    const given = this.#given === null ? null : valuesOf(this.#given, variables);
    if (given !== null) return given;
    const values = getArgumentValues(this.field, this.nodes[0] as FieldNode, variables);
    if (!this.#usesVariables && Object.values(values).every(isPrimitive)) this.#constant = copyOf(values);
    return values;
  }

  /** What is selected of its value, where that is of a type. */
  below(type: GraphQLObjectType): readonly SelectedField[] {
    let below = this.#below.get(type);
    if (below === undefined) this.#below.set(type, (below = selectedFields(this.source, type, this.nodes)));
    return below;
  }
}

interface GivenVariable {
  readonly argument: string;
  readonly variable: string;
  readonly isNullable: boolean;
}

function givenVariables(field: GraphQLField<unknown, unknown>, { arguments: nodes = [] }: FieldNode): readonly GivenVariable[] | null {
  const given: GivenVariable[] = [];
  for (const { name, type, defaultValue } of field.args) {
    const value = nodes.find((node) => node.name.value === name)?.value;
    if (value === undefined && defaultValue === undefined && !isNonNullType(type)) continue;
    if (value?.kind !== Kind.VARIABLE) return null;
    given.push({ argument: name, variable: value.name.value, isNullable: !isNonNullType(type) });
  }
  return given;
}

/** Coerced variables are arguments as they are; null for what graphql has to judge: one that is absent, or null where it may not be. */
function valuesOf(given: readonly GivenVariable[], variables: Variables): Record<string, unknown> | null {
  const values = new Members();
  for (const { argument, variable, isNullable } of given) {
    const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    if (value === undefined || (value === null && !isNullable)) return null;
    values[argument] = value;
  }
  return values;
}

/** What field nodes select of objects of a type. */
function selectedFields(source: SelectionSource, type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly SelectedField[] {
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return [...collectFields(source, type, sets).values()].flatMap((selecting) => selectedField(source, type, selecting) ?? []);
}

/** Null for a field that the type does not have, which is left out. */
export function selectedField(source: SelectionSource, type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectedField | null {
  const field = fieldOf(source.schema, type, nodes[0]?.name.value ?? '');
  return field === undefined ? null : new SelectedField(source, type, { field, nodes });
}

function fieldOf(schema: GraphQLSchema, type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

function completionOf(type: GraphQLOutputType): Completion {
  const isNullable = !isNonNullType(type);
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return { isNullable, kind: 'list', item: completionOf(inner.ofType) };
  if (isObjectType(inner)) return { isNullable, kind: 'object', type: inner };
  return isAbstractType(inner) ? { isNullable, kind: 'abstract', type: inner } : { isNullable, kind: 'leaf', type: inner };
}

function copyOf(values: Arguments): Record<string, unknown> {
  return Object.assign(new Members(), values);
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(isVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => isVariable(field.value));
}
