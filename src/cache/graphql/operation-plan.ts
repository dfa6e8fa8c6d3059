import { getArgumentValues, getNamedType, isObjectType, Kind, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type GraphQLObjectType, type OperationDefinitionNode } from 'graphql';
import type { Subject } from '../core/key.js';
import { neverStored, type Policy } from '../core/policy.js';
import { collectFields, conditionVariables, ENTITY } from './collect-fields.js';
import { documentWeight } from './document-weight.js';
import { hintOn, hintOnType } from './hints.js';
import { SelectionReader, TooMuchSelected, type Selected } from './selection-reader.js';
import { UNLIMITED, type SchemaPolicies, type SelectedPolicy } from './selected-policy.js';
import type { Template, Variables } from './template.js';

/** One root field of an answer. */
export interface PlannedPiece {
  /** Tells it from all others of its operation. */
  readonly id: number;
  /** The name under which it is answered. */
  readonly responseName: string;
  readonly fieldName: string;
  readonly nodes: readonly FieldNode[];
  /** `stored`: as far as the document says; `live`: executed each time; `typename`: known without being executed. */
  readonly kind: 'stored' | 'live' | 'typename';
  /** Why it is `live`. */
  readonly because: string | null;
  readonly policy: Policy;
  readonly selected: SelectedPolicy;
  /** In alphabetical order. */
  readonly permissions: readonly string[];
  readonly text: Template;
  readonly subject: Subject;
  /** The values of `@skip` and `@include` that it is selected with. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Of a subgraph's `_entities`: the types that it was planned for; null for operations without it. */
  readonly entityTypes: readonly GraphQLObjectType[] | null;
}

/** What an operation asks for with certain values of its `@skip` and `@include`, in the order of its answer. */
export interface Shape {
  readonly pieces: readonly PlannedPiece[];
}

/** The root field through which a gateway loads entities from a subgraph (Apollo Federation). */
const ENTITIES = '_entities';

/** So many shapes of an operation are remembered: each condition doubles them. */
const MAX_SHAPES = 8;

export interface Planning {
  readonly policies: SchemaPolicies;
  /** Changes with the build and the schema: another version's entries are other keys (P5). */
  readonly version: string;
}

/** A query, read once: all that its cached answers depend on but its variables and who asks. */
export class OperationPlan {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #conditions: readonly string[];
  readonly #asksForEntities: boolean;
  readonly #shapes = new Map<string, Shape | null>();
  #lastId = 0;

  /** What the document occupies in the heap, with its plan: an estimate, in bytes. */
  get weight(): number {
    return documentWeight(this.document);
  }

  constructor(
    readonly document: DocumentNode,
    readonly operation: OperationDefinitionNode,
    private readonly planning: Planning,
  ) {
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    const sets = [operation.selectionSet, ...fragments.map(({ selectionSet }) => selectionSet)];
    this.#conditions = conditionVariables(sets);
    const entities = planning.policies.schema.getQueryType()?.getFields()[ENTITIES];
    this.#asksForEntities = entities !== undefined && getNamedType(entities.type).name === ENTITY;
  }

  /** @param variables coerced. @returns null for what is better executed as it is: too large, or failing by its conditions. */
  shapeFor(variables: Variables): Shape | null {
    let key = '';
    for (const name of this.#conditions) {
      const value = variables[name];
      // Null, where a nullable variable stands in for a condition, fails the field: graphql says so.
      if (typeof value !== 'boolean') return null;
      key += value ? '1' : '0';
    }
    const entityTypes = this.#entityTypes(variables);
    if (entityTypes === undefined) return null;
    if (entityTypes !== null) key += entityTypes.map(({ name }) => ` ${name}`).join('');
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      if (this.#shapes.size >= MAX_SHAPES) this.#shapes.clear();
      this.#shapes.set(key, (shape = this.#read(this.#conditionsOf(variables), entityTypes)));
    }
    return shape;
  }

  #conditionsOf(variables: Variables): ReadonlyMap<string, boolean> {
    return new Map(this.#conditions.map((name) => [name, variables[name] === true]));
  }

  /**
   * The types in `_entities(representations:)`: only their hints count. Null for an operation without the field; undefined where
   * a representation names no object type.
   */
  #entityTypes(variables: Variables): readonly GraphQLObjectType[] | null | undefined {
    if (!this.#asksForEntities) return null;
    const { schema } = this.planning.policies;
    const root = schema.getQueryType();
    const field = root?.getFields()[ENTITIES];
    if (!root || field === undefined) return null;
    const found = new Map<string, GraphQLObjectType>();
    for (const [, [node]] of collectFields({ schema, fragments: this.fragments, conditions: this.#conditionsOf(variables) }, root, [this.operation.selectionSet])) {
      if (node?.name.value !== ENTITIES) continue;
      const { representations } = argumentsIn(field, node, variables);
      if (!Array.isArray(representations)) return undefined;
      for (const each of representations as readonly unknown[]) {
        const name = (each as { readonly __typename?: unknown } | null)?.__typename;
        const type = typeof name === 'string' ? schema.getType(name) : undefined;
        if (!isObjectType(type)) return undefined;
        found.set(type.name, type);
      }
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #read(conditions: ReadonlyMap<string, boolean>, entityTypes: readonly GraphQLObjectType[] | null): Shape | null {
    const { policies } = this.planning;
    const { schema } = policies;
    const root = schema.getQueryType();
    if (!root) return null;
    const source = { schema, fragments: this.fragments, conditions, entityTypes };
    const reader = new SelectionReader(source, policies);
    const pieces: PlannedPiece[] = [];
    for (const [responseName, nodes] of collectFields(source, root, [this.operation.selectionSet])) {
      const piece = this.#piece({ responseName, nodes, conditions, entityTypes }, () => reader.field(root, nodes));
      if (piece === null) return null;
      pieces.push(piece);
    }
    return { pieces };
  }

  #piece(selecting: Pick<PlannedPiece, 'responseName' | 'nodes' | 'conditions' | 'entityTypes'>, read: () => Selected | null): PlannedPiece | null {
    const fieldName = selecting.nodes[0]?.name.value ?? '';
    const plain = { ...selecting, id: ++this.#lastId, fieldName, policy: neverStored, selected: UNLIMITED, permissions: [], text: [], subject: this.#subject(fieldName, UNLIMITED) };
    if (fieldName === '__typename') return { ...plain, kind: 'typename', because: null };
    // What the schema says about itself is never stored (P6).
    if (fieldName.startsWith('__')) return { ...plain, kind: 'live', because: 'it is introspection' };
    try {
      const selected = read();
      if (selected === null) return null;
      const { policy, text } = selected;
      const isStored = policy.maxAge > 0;
      return {
        ...plain,
        kind: isStored ? 'stored' : 'live',
        because: isStored ? null : `the maxAge of ${policy.limitedBy ?? fieldName} is 0`,
        policy: { maxAge: policy.maxAge, staleWhileRevalidate: policy.staleWhileRevalidate, scope: policy.scope },
        selected: policy,
        permissions: [...policy.permissions].sort(),
        text,
        subject: this.#subject(fieldName, policy),
      };
    } catch (error) {
      if (error instanceof TooMuchSelected) return null;
      // An argument that is no plain data, or that cannot be had: execution answers it, and says why if it must.
      return { ...plain, kind: 'live', because: 'its arguments are no plain data' };
    }
  }

  #subject(fieldName: string, { fields, profiles }: SelectedPolicy): Subject {
    const { schema } = this.planning.policies;
    const name = `${schema.getQueryType()?.name}.${fieldName}`;
    const profile = profileOf(schema.getQueryType()?.getFields()[fieldName]);
    return {
      layer: 'response',
      name,
      version: this.planning.version,
      ...(profile === undefined ? {} : { profile }),
      contains: { fields: [...fields], profiles: [...profiles] },
    };
  }
}

/** Empty where an argument is missing or of another type: execution reports that. */
function argumentsIn(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): Readonly<Record<string, unknown>> {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

function profileOf(field: GraphQLField<unknown, unknown> | undefined): string | undefined {
  return field === undefined ? undefined : (hintOn(field.astNode) ?? hintOnType(getNamedType(field.type)))?.profile;
}
