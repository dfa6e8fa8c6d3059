import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  valueFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * How long a list without a page size is taken to be. Rather too long: lists within such lists multiply, and what is taken
 * for less than it is can fill the memory of the server.
 */
export const LIST_ESTIMATE = 100;

type Variables = Readonly<Record<string, unknown>>;

export interface Costed {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Of an operation whose cost depends on variables, so many results are remembered. */
const REMEMBERED = 64;

interface Remembered {
  /** Those that page sizes are taken from. */
  readonly variables: readonly string[];
  readonly costs: Map<string, number>;
}

/**
 * How many objects an operation can make the server put together, estimated from the document and the page sizes alone: 1 for
 * each object, times the length of every list around it. A list is as long as its `first` (or `last`) says, without one it is
 * taken for 100; fields that are no objects cost nothing, but 1 each at the root.
 */
export class OperationCosts {
  readonly #known = new WeakMap<OperationDefinitionNode, Remembered>();

  /** `maxPageSize`: larger pages are refused by the fields themselves. */
  constructor(private readonly maxPageSize: number) {}

  of(costed: Costed, variables: Variables): number {
    const known = this.#known.get(costed.operation);
    if (known !== undefined) {
      const found = known.costs.get(keyOf(known.variables, variables));
      if (found !== undefined) return found;
    }
    const used = new Set<string>();
    const cost = new Costing({ ...costed, maxPageSize: this.maxPageSize }, withDefaults(costed.operation, variables), used).total();
    const remembered = known ?? { variables: [...used].sort(), costs: new Map<string, number>() };
    if (remembered.costs.size >= REMEMBERED) remembered.costs.clear();
    remembered.costs.set(keyOf(remembered.variables, variables), cost);
    this.#known.set(costed.operation, remembered);
    return cost;
  }
}

function keyOf(names: readonly string[], variables: Variables): string {
  return names.map((name) => (typeof variables[name] === 'number' ? String(variables[name]) : typeof variables[name])).join();
}

function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...variables };
}

class Costing {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #ofFragments = new Map<string, number>();

  constructor(
    private readonly costed: Costed & { readonly maxPageSize: number },
    private readonly variables: Variables,
    private readonly used: Set<string>,
  ) {
    this.#fragments = new Map(
      costed.document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
    );
  }

  total(): number {
    const { schema, operation } = this.costed;
    const root = schema.getRootType(operation.operation);
    return root == null ? 0 : this.#selections(operation.selectionSet, root, { isRoot: true, isPage: false });
  }

  #selections({ selections }: SelectionSetNode, type: GraphQLCompositeType, at: Place): number {
    let sum = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) sum += this.#field(selection, type, at);
      else if (selection.kind === Kind.INLINE_FRAGMENT) sum += this.#selections(selection.selectionSet, this.#typeNamed(selection.typeCondition?.name.value) ?? type, at);
      else sum += this.#fragment(selection.name.value, at);
    }
    return sum;
  }

  #fragment(name: string, at: Place): number {
    const key = `${name} ${at.isRoot} ${at.isPage}`;
    const known = this.#ofFragments.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeNamed(fragment?.typeCondition.name.value);
    const cost = fragment === undefined || type === undefined ? 0 : this.#selections(fragment.selectionSet, type, at);
    this.#ofFragments.set(key, cost);
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, at: Place): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field === undefined ? undefined : getNamedType(field.type);
    if (field === undefined || node.selectionSet === undefined || !isCompositeType(type)) return at.isRoot && field !== undefined ? 1 : 0;
    const size = this.#pageSize(field, node);
    const isList = isListOf(field.type);
    const below = this.#selections(node.selectionSet, type, { isRoot: false, isPage: size !== null && !isList });
    // The edges of a connection are as many as its page: they are counted with it.
    if (!isList || at.isPage) return 1 + (size ?? 1) * below;
    return Math.max(1, (size ?? LIST_ESTIMATE) * (1 + below));
  }

  /** Null for a field that takes none. */
  #pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
    const sizes = field.args.filter(({ name }) => name === 'first' || name === 'last');
    if (sizes.length === 0) return null;
    const given = sizes.map((argument) => {
      const value = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
      if (value === undefined) return argument.defaultValue;
      if (value.kind !== Kind.VARIABLE) return valueFromAST(value, argument.type);
      this.used.add(value.name.value);
      return this.variables[value.name.value] ?? argument.defaultValue;
    });
    const numbers = given.filter((size): size is number => typeof size === 'number' && size >= 0);
    return Math.min(this.costed.maxPageSize, numbers.length === 0 ? LIST_ESTIMATE : Math.max(...numbers));
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.costed.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

interface Place {
  readonly isRoot: boolean;
  /** Directly below a field that takes a page size and is no list itself: a connection. */
  readonly isPage: boolean;
}

function isListOf(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
