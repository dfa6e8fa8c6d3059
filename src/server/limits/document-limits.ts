import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
import { LarderError } from '../../graphql/errors.js';

/** Bounds of a document whatever its variables. */
export interface DocumentLimits {
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** How many aliases a document has, and the deepest and broadest of its operations, fragments taken as what they stand for. */
export interface DocumentSize {
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
}

/** A rule of validation: a document that broke it is not kept, and one that is kept need not be measured again. */
export function limitDocument(limits: DocumentLimits): ValidationRule {
  return (context) => ({
    Document: {
      enter(document) {
        for (const error of excesses(measureDocument(document), limits)) context.reportError(error);
      },
    },
  });
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
  return found;
}

export function measureDocument(document: DocumentNode): DocumentSize {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  );
  const depth = new Measure(fragments, (below) => (below.length === 0 ? 0 : Math.max(...below)), (inner) => 1 + inner);
  const breadth = new Measure(fragments, (below) => below.reduce((sum, count) => sum + count, 0), () => 1);
  const size = { depth: 0, rootFields: 0, aliases: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    size.aliases += aliasesIn(definition.selectionSet);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) continue;
    size.depth = Math.max(size.depth, depth.of(definition.selectionSet));
    size.rootFields = Math.max(size.rootFields, breadth.of(definition.selectionSet));
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
        // What the schema says about itself has bounds of its own, in graphql's rules.
        const below = selection.selectionSet === undefined || selection.name.value.startsWith('__') ? 0 : this.of(selection.selectionSet);
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
