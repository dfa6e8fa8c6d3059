import { Kind, type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
import { LarderError } from '../../graphql/errors.js';

/** Bounds of a document whatever its variables. */
export interface DocumentLimits {
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
  /** Of all operations together. */
  readonly fields: number;
  /** Of one response name in one selection set: graphql compares each of them with every other. */
  readonly repeats: number;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** How large a document is, fragments taken as what they stand for: a bound of each of its dimensions. */
export type DocumentSize = DocumentLimits;

/**
 * A rule of validation: a document that broke it is not kept, and one that is kept need not be measured again. Measured when the
 * rules are made, before any of them looks at the document: some take time that grows with the square of what is bounded here. A
 * document beyond the limits is emptied, so that the other rules have nothing to visit.
 */
export function limitDocument(limits: DocumentLimits): ValidationRule {
  return (context) => {
    const document: { definitions: readonly DefinitionNode[] } = context.getDocument();
    const errors = excesses(measureDocument(context.getDocument(), limits), limits);
    for (const error of errors) context.reportError(error);
    if (errors.length > 0) document.definitions = [];
    return {};
  };
}

function excesses(size: DocumentSize, limits: DocumentLimits): LarderError[] {
  const found: LarderError[] = [];
  if (size.depth > limits.depth) {
    found.push(new LarderError('TOO_DEEP', `The selection is ${size.depth} fields deep; at most ${limits.depth} are answered.`));
  }
  if (size.rootFields > limits.rootFields) {
    found.push(new LarderError('TOO_MANY_ROOT_FIELDS', `The operation has ${size.rootFields} root fields; at most ${limits.rootFields} are answered.`));
  }
  if (size.aliases > limits.aliases) {
    found.push(new LarderError('TOO_MANY_ALIASES', `The document has ${size.aliases} aliases; at most ${limits.aliases} are answered.`));
  }
  if (size.fields > limits.fields) {
    found.push(new LarderError('TOO_MANY_FIELDS', `The document selects ${size.fields} fields; at most ${limits.fields} are answered.`));
  }
  if (size.repeats > limits.repeats) {
    found.push(new LarderError('TOO_MANY_FIELDS', `A selection has one name ${size.repeats} times; at most ${limits.repeats} are answered.`));
  }
  return found;
}

/** Takes time in proportion to the document's length: what is repeated is counted only where all fields are within their limit. */
export function measureDocument(document: DocumentNode, limits: Pick<DocumentLimits, 'fields'>): DocumentSize {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  );
  const depth = new Measure(fragments, (below) => (below.length === 0 ? 0 : Math.max(...below)), (inner) => 1 + inner);
  const breadth = new Measure(fragments, (below) => below.reduce((sum, count) => sum + count, 0), () => 1);
  const fields = new Measure(fragments, (below) => below.reduce((sum, count) => sum + count, 0), (inner) => 1 + inner);
  const size = { depth: 0, rootFields: 0, aliases: 0, fields: 0, repeats: 0 };
  let written = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    size.aliases += aliasesIn(definition.selectionSet);
    written += fieldsIn(definition.selectionSet);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) continue;
    size.depth = Math.max(size.depth, depth.of(definition.selectionSet));
    size.rootFields = Math.max(size.rootFields, breadth.of(definition.selectionSet));
    size.fields += fields.of(definition.selectionSet);
  }
  // Those of fragments that no operation spreads are visited, too.
  size.fields = Math.max(size.fields, written);
  if (size.fields > limits.fields) return size;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) size.repeats = Math.max(size.repeats, repeatsIn([{ set: definition.selectionSet, within: [] }], fragments));
  }
  return size;
}

function aliasesIn({ selections }: SelectionSetNode): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.FIELD && selection.alias !== undefined) count++;
    if (selection.selectionSet !== undefined) count += aliasesIn(selection.selectionSet);
  }
  return count;
}

function fieldsIn({ selections }: SelectionSetNode): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.FIELD) count++;
    if (selection.selectionSet !== undefined && !isIntrospection(selection)) count += fieldsIn(selection.selectionSet);
  }
  return count;
}

/** What the schema says about itself has bounds of its own, in graphql's rules. */
function isIntrospection(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && selection.name.value.startsWith('__');
}

/** A selection, and the fragments that it stands in. */
interface Standing {
  readonly set: SelectionSetNode;
  readonly within: readonly string[];
}

/** The most that one response name is selected in a selection, fields of the same name merged as execution merges them. */
function repeatsIn(standing: readonly Standing[], fragments: Fragments): number {
  const byName = new Map<string, { count: number; readonly below: Standing[] }>();
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode, within: readonly string[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        let field = byName.get(name);
        if (field === undefined) byName.set(name, (field = { count: 0, below: [] }));
        field.count++;
        if (selection.selectionSet !== undefined && !isIntrospection(selection)) field.below.push({ set: selection.selectionSet, within });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, within);
      else {
        const { value } = selection.name;
        const fragment = fragments.get(value);
        // One that contains itself is refused by another rule.
        if (fragment === undefined || spread.has(value) || within.includes(value)) continue;
        spread.add(value);
        collect(fragment.selectionSet, [...within, value]);
      }
    }
  };
  for (const { set, within } of standing) collect(set, within);
  let most = 0;
  for (const { count, below } of byName.values()) most = Math.max(most, count, below.length === 0 ? 0 : repeatsIn(below, fragments));
  return most;
}

/** Measures a selection with each fragment looked into once, however often it is spread: nested ones double at every level. */
class Measure {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly fragments: Fragments,
    private readonly together: (selections: readonly number[]) => number,
    /** Of a field, from what is selected below it. */
    private readonly field: (below: number) => number,
  ) {}

  of({ selections }: SelectionSetNode): number {
    return this.together(
      selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
        if (selection.kind === Kind.INLINE_FRAGMENT) return this.of(selection.selectionSet);
        const below = selection.selectionSet === undefined || isIntrospection(selection) ? 0 : this.of(selection.selectionSet);
        return this.field(below);
      }),
    );
  }

  #fragment(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // One that contains itself is refused by another rule of the same pass.
    this.#known.set(name, 0);
    const fragment = this.fragments.get(name);
    const size = fragment === undefined ? 0 : this.of(fragment.selectionSet);
    this.#known.set(name, size);
    return size;
  }
}
