import { Kind, type DefinitionNode, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
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
 * A rule of validation: a document that broke it is not kept, and one that is kept need not be measured again. It measures while
 * the rules are created, before any rule visits the document: some rules take quadratic time in what is bounded here. A document
 * beyond the limits is emptied, so that the other rules have nothing to visit.
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

/** Takes time linear in the document's length: repeats are counted only where the number of fields is within its limit. */
export function measureDocument(document: DocumentNode, limits: Pick<DocumentLimits, 'fields'>): DocumentSize {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  );
  const depth = new Measure(fragments, (below) => (below.length === 0 ? 0 : Math.max(...below)), (field, inner) => (isIntrospection(field) ? 1 : 1 + inner));
  const breadth = new Measure(fragments, (below) => below.reduce((sum, count) => sum + count, 0), () => 1);
  const fields = new Measure(fragments, (below) => below.reduce((sum, count) => sum + count, 0), (_, inner) => 1 + inner);
  const size = { depth: 0, rootFields: 0, aliases: 0, fields: 0, repeats: 0 };
  const reached = new Set<FragmentDefinitionNode>();
  let written = 0;
  let ofOperations = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    size.aliases += aliasesIn(definition.selectionSet);
    written += fieldsIn(definition.selectionSet);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      size.fields = Math.max(size.fields, fields.of(definition.selectionSet));
      continue;
    }
    size.depth = Math.max(size.depth, depth.of(definition.selectionSet));
    size.rootFields = Math.max(size.rootFields, breadth.of(definition.selectionSet));
    ofOperations += fields.of(definition.selectionSet);
  }
  // Fragments that no operation spreads are validated, too.
  size.fields = Math.max(size.fields, ofOperations, written);
  if (size.fields > limits.fields) return size;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) size.repeats = Math.max(size.repeats, repeatsIn([{ set: definition.selectionSet, within: null }], fragments, reached));
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION || reached.has(definition)) continue;
    size.repeats = Math.max(size.repeats, repeatsIn([{ set: definition.selectionSet, within: { fragment: definition.name.value, outer: null } }], fragments, reached));
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
    if (selection.selectionSet !== undefined) count += fieldsIn(selection.selectionSet);
  }
  return count;
}

/** graphql's own rules bound the depth of introspection. */
function isIntrospection(field: FieldNode): boolean {
  return field.name.value.startsWith('__');
}

/** A selection set, and the fragments that contain it. */
interface Standing {
  readonly set: SelectionSetNode;
  readonly within: Within | null;
}

/** A fragment, and the fragment that spreads it. */
interface Within {
  readonly fragment: string;
  readonly outer: Within | null;
}

function isWithin(name: string, within: Within | null): boolean {
  for (let at = within; at !== null; at = at.outer) if (at.fragment === name) return true;
  return false;
}

/**
 * The most that one response name is selected in a selection, fields of the same name merged as execution merges them.
 * @param reached takes the fragments that were looked into.
 */
function repeatsIn(standing: readonly Standing[], fragments: Fragments, reached: Set<FragmentDefinitionNode>): number {
  const byName = new Map<string, { count: number; readonly below: Standing[] }>();
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode, within: Within | null, above: Within | null): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        let field = byName.get(name);
        if (field === undefined) byName.set(name, (field = { count: 0, below: [] }));
        field.count++;
        if (selection.selectionSet !== undefined) field.below.push({ set: selection.selectionSet, within });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, within, above);
      else {
        const { value } = selection.name;
        const fragment = fragments.get(value);
        // One that contains itself is refused by another rule.
        if (fragment === undefined || spread.has(value) || isWithin(value, above)) continue;
        spread.add(value);
        reached.add(fragment);
        collect(fragment.selectionSet, { fragment: value, outer: within }, above);
      }
    }
  };
  for (const { set, within } of standing) collect(set, within, within);
  let most = 0;
  for (const { count, below } of byName.values()) most = Math.max(most, count, below.length === 0 ? 0 : repeatsIn(below, fragments, reached));
  return most;
}

/** Measures a selection with each fragment looked into once, however often it is spread: nested ones double at every level. */
class Measure {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly fragments: Fragments,
    private readonly together: (selections: readonly number[]) => number,
    /** Of a field, from what is selected below it. */
    private readonly field: (selection: FieldNode, below: number) => number,
  ) {}

  of({ selections }: SelectionSetNode): number {
    return this.together(
      selections.map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
        if (selection.kind === Kind.INLINE_FRAGMENT) return this.of(selection.selectionSet);
        return this.field(selection, selection.selectionSet === undefined ? 0 : this.of(selection.selectionSet));
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
