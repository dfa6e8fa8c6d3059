import { getNamedType, Kind, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type OperationDefinitionNode } from 'graphql';
import type { Subject } from '../core/key.js';
import { neverStored, type Policy } from '../core/policy.js';
import { collectFields, conditionVariables } from './collect-fields.js';
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
}

/** What an operation asks for with certain values of its `@skip` and `@include`, in the order of its answer. */
export interface Shape {
  readonly pieces: readonly PlannedPiece[];
}

/** So many shapes of an operation are remembered: each condition doubles them. */
const MAX_SHAPES = 64;

export interface Planning {
  readonly policies: SchemaPolicies;
  /** Changes with the build and the schema: another version's entries are other keys (P5). */
  readonly version: string;
}

/** A query, read once: all that its cached answers depend on but its variables and who asks. */
export class OperationPlan {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #conditions: readonly string[];
  readonly #shapes = new Map<string, Shape | null>();
  #lastId = 0;

  constructor(
    readonly document: DocumentNode,
    readonly operation: OperationDefinitionNode,
    private readonly planning: Planning,
  ) {
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#conditions = conditionVariables([operation.selectionSet, ...fragments.map(({ selectionSet }) => selectionSet)]);
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
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      if (this.#shapes.size >= MAX_SHAPES) this.#shapes.clear();
      this.#shapes.set(key, (shape = this.#read(new Map(this.#conditions.map((name) => [name, variables[name] === true])))));
    }
    return shape;
  }

  #read(conditions: ReadonlyMap<string, boolean>): Shape | null {
    const { policies } = this.planning;
    const { schema } = policies;
    const root = schema.getQueryType();
    if (!root) return null;
    const source = { schema, fragments: this.fragments, conditions };
    const reader = new SelectionReader(source, policies);
    const pieces: PlannedPiece[] = [];
    for (const [responseName, nodes] of collectFields(source, root, [this.operation.selectionSet])) {
      const piece = this.#piece({ responseName, nodes, conditions }, () => reader.field(root, nodes));
      if (piece === null) return null;
      pieces.push(piece);
    }
    return { pieces };
  }

  #piece({ responseName, nodes, conditions }: Pick<PlannedPiece, 'responseName' | 'nodes' | 'conditions'>, read: () => Selected | null): PlannedPiece | null {
    const fieldName = nodes[0]?.name.value ?? '';
    const plain = { id: ++this.#lastId, responseName, fieldName, nodes, conditions, policy: neverStored, selected: UNLIMITED, permissions: [], text: [], subject: this.#subject(fieldName, UNLIMITED) };
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

function profileOf(field: GraphQLField<unknown, unknown> | undefined): string | undefined {
  return field === undefined ? undefined : (hintOn(field.astNode) ?? hintOnType(getNamedType(field.type)))?.profile;
}
