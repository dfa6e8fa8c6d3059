import {
  getNamedType,
  isCompositeType,
  TypeNameMetaFieldDef,
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, ENTITY, objectTypes, type SelectionSource } from './collect-fields.js';
import { both, UNLIMITED, type SchemaPolicies, type SelectedPolicy } from './selected-policy.js';
import { alternatives, argumentsOf, concat, sameTemplate, sizeOf, type Part, type Template } from './template.js';

/** What a selection says, and what follows from it for the cache. */
export interface Selected {
  readonly text: Template;
  readonly policy: SelectedPolicy;
}

/** A selection that says more than this is executed without being planned: fragments can make little text mean much. */
const MAX_SELECTIONS = 5_000;
const MAX_PARTS = 20_000;

export class TooMuchSelected extends Error {}

/** Reads the selections of one operation, with the values of its conditions given. */
export class SelectionReader {
  readonly #ids = new WeakMap<FieldNode, number>();
  readonly #known = new Map<string, Selected>();
  #lastId = 0;

  constructor(
    private readonly source: SelectionSource,
    private readonly policies: SchemaPolicies,
  ) {}

  /** One field of an object, selected by several nodes perhaps. Its text does not say under which name it is answered. */
  field(parent: GraphQLObjectType, nodes: readonly FieldNode[]): Selected | null {
    const [first] = nodes;
    const field = first === undefined ? undefined : fieldOf(parent, first.name.value);
    if (first === undefined || field === undefined) return null;
    const own: SelectedPolicy = field === TypeNameMetaFieldDef ? UNLIMITED : this.#policyOf(parent, field);
    const head: Part[] = [`${field.name}(`, argumentsOf({ of: field, node: first }), ')', ...this.#directives(nodes)];
    const type = getNamedType(field.type);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (!isCompositeType(type) || sets.length === 0) return { text: concat(head), policy: own };
    const below = this.#selection(type, sets, nodes);
    return { text: bounded(concat([...head, ...below.text])), policy: both(own, below.policy) };
  }

  #policyOf(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): SelectedPolicy {
    const { entityTypes } = this.source;
    return entityTypes && getNamedType(field.type).name === ENTITY ? this.policies.ofEntities(parent, field, entityTypes) : this.policies.of(parent, field);
  }

  /** What is selected of a value: for an interface or a union, of each type that it can be of. */
  #selection(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], nodes: readonly FieldNode[]): Selected {
    let policy = UNLIMITED;
    const groups: { readonly types: string[]; readonly text: Template }[] = [];
    for (const of of objectTypes(this.source, type)) {
      const selected = this.#object(of, sets, nodes);
      policy = both(policy, selected.policy);
      const same = groups.find(({ text }) => sameTemplate(text, selected.text));
      if (same === undefined) groups.push({ types: [of.name], text: selected.text });
      else same.types.push(of.name);
    }
    return { text: bounded(alternatives(groups)), policy };
  }

  #object(type: GraphQLObjectType, sets: readonly SelectionSetNode[], nodes: readonly FieldNode[]): Selected {
    const key = `${type.name} ${nodes.map((node) => this.#idOf(node)).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_SELECTIONS) throw new TooMuchSelected();
    const parts: Part[] = ['{'];
    let policy = UNLIMITED;
    for (const [name, selecting] of collectFields(this.source, type, sets)) {
      const selected = this.field(type, selecting);
      if (selected === null) continue;
      parts.push(`${name}:`, ...selected.text, ';');
      policy = both(policy, selected.policy);
    }
    const selected = { text: bounded(concat([...parts, '}'])), policy };
    this.#known.set(key, selected);
    return selected;
  }

  /** Others than `@skip` and `@include`: a resolver may read them. */
  #directives(nodes: readonly FieldNode[]): Part[] {
    return nodes
      .flatMap(({ directives = [] }) => directives)
      .filter(({ name }) => name.value !== 'skip' && name.value !== 'include')
      .flatMap((node: DirectiveNode) => {
        const definition = this.source.schema.getDirective(node.name.value);
        return definition ? [`@${node.name.value}(`, argumentsOf({ of: definition, node }), ')'] : [];
      });
  }

  #idOf(node: FieldNode): number {
    let id = this.#ids.get(node);
    if (id === undefined) this.#ids.set(node, (id = ++this.#lastId));
    return id;
  }
}

function fieldOf(parent: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  return name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parent.getFields()[name];
}

function bounded(text: Template): Template {
  if (text.length > MAX_PARTS || sizeOf(text) > 20 * MAX_PARTS) throw new TooMuchSelected();
  return text;
}
