import type { OperationDefinitionNode } from 'graphql';
import { canonical } from '../../lib/canonical.js';
import type { Identities, Identity } from '../core/key.js';
import { NOTHING, type Without } from '../core/mechanisms.js';
import { GLOBAL, type Partition } from '../core/tags.js';
import type { PlannedPiece } from './operation-plan.js';
import { fill, type Variables } from './template.js';
import { operationText } from './watched-operation.js';

/** Who asks, as far as answers differ by it. */
export interface Asker {
  /** Null for who belongs to no partition. */
  readonly partition: Partition | null;
  /** Null for the anonymous viewer. */
  readonly viewer: string | null;
  /** What every answer depends on: the language, say. Plain data. */
  readonly varyBy: unknown;
  readonly holds: (permission: string) => boolean;
}

/** The parts of a request that a piece's key depends on. */
export interface Asked {
  /** Coerced. */
  readonly variables: Variables;
  /** The operation, for a piece one of whose resolvers has read its variables or its name; else null. */
  readonly operation: OperationDefinitionNode | null;
}

/** What a piece is called in the cache, and whose it is; or why it is in no cache. */
export type Identified = { readonly identity: Identity; readonly partition: Partition } | { readonly because: string };

/** So many identities of one piece are remembered, of those whose arguments come with the request. */
const REMEMBERED = 500;
/** Bound for all pieces together: ten megabytes at an estimated kilobyte each (C4). */
const REMEMBERED_IN_ALL = 10_000;
/** Of who needs no permission. */
const NO_PERMISSIONS: readonly string[] = [];
/** Of what every viewer may have; none is called so. */
const NOBODY = Symbol('nobody');

/**
 * Names pieces. In the key is what the selected fields depend on and nothing else about the viewer: the partition, the
 * arguments, the permissions among those that the fields require; for PRIVATE pieces the viewer (P1, P2, P5); and the whole
 * operation, where a resolver reads it.
 */
export class PieceIdentities {
  #known = new WeakMap<PlannedPiece, Known>();
  #count = 0;
  readonly #texts = new WeakMap<PlannedPiece, WeakMap<Variables, string>>();
  readonly #varied = new VariedTexts();

  constructor(
    private readonly identities: Identities,
    private readonly without: Without = NOTHING,
  ) {}

  of(piece: PlannedPiece, { variables, operation }: Asked, asker: Asker): Identified {
    if (piece.kind !== 'stored') return { because: piece.because ?? 'it is known' };
    const { scope } = piece.policy;
    const partition = piece.selected.shared && scope === 'PUBLIC' ? GLOBAL : asker.partition;
    if (partition === null) return { because: 'the request names no partition' };
    // Nothing private is kept for a viewer whom nobody could tell from another.
    if (scope === 'PRIVATE' && asker.viewer === null) return { because: 'it is private, and the viewer is anonymous' };
    let text: string;
    try {
      text = this.#textOf(piece, variables);
      if (operation !== null) text = canonical([text, operationText(operation, variables)]);
    } catch {
      return { because: 'its arguments are no plain data' };
    }
    const { permissions } = piece;
    const held = permissions.length === 0 || this.without.has('permissions-in-key') ? NO_PERMISSIONS : permissions.filter((permission) => asker.holds(permission));
    const viewer = scope === 'PRIVATE' && !this.without.has('viewer-in-key') ? asker.viewer : undefined;
    return { identity: this.#remember(piece, { partition, text, varyBy: asker.varyBy, held, viewer }), partition };
  }

  /** What a piece asks. Whoever asks with the same variables object again, asks the same. */
  #textOf(piece: PlannedPiece, variables: Variables): string {
    let texts = this.#texts.get(piece);
    if (texts === undefined) this.#texts.set(piece, (texts = new WeakMap<Variables, string>()));
    let text = texts.get(variables);
    if (text === undefined) texts.set(variables, (text = fill(piece.text, variables)));
    return text;
  }

  #remember(piece: PlannedPiece, { partition, text, varyBy, held, viewer }: About): Identity {
    if (this.#count >= REMEMBERED_IN_ALL) {
      this.#known = new WeakMap();
      this.#count = 0;
    }
    let known = this.#known.get(piece);
    if (known === undefined || known.count >= REMEMBERED) this.#known.set(piece, (known = { identities: new Map(), count: 0 }));
    // Step by step instead of under one name for all of it, which would have to be put together and read anew each time.
    const varied = this.#varied.of(varyBy);
    const byVaried = within(known.identities, partition);
    const byHeld = within(byVaried, varied);
    const byViewer = within(byHeld, held.length === 0 ? '' : canonical(held));
    const byText = within(byViewer, viewer ?? NOBODY);
    let identity = byText.get(text);
    if (identity === undefined) {
      byText.set(text, (identity = this.identities.of(piece.subject, partition, canonical([text, varied, held, viewer]))));
      known.count++;
      this.#count++;
    }
    return identity;
  }
}

/** What a piece is called, apart from the piece itself. */
interface About {
  readonly partition: Partition;
  readonly text: string;
  readonly varyBy: unknown;
  readonly held: readonly string[];
  readonly viewer: string | null | undefined;
}

interface Known {
  /** By partition, what answers vary by, permissions held, viewer, and what is asked. */
  readonly identities: Map<Partition, Map<string, Map<string, Map<string | symbol, Map<string, Identity>>>>>;
  count: number;
}

function within<Name, Of extends Map<unknown, unknown>>(all: Map<Name, Of>, name: Name): Of {
  let found = all.get(name);
  if (found === undefined) all.set(name, (found = new Map() as Of));
  return found;
}

/** Texts of what answers vary by. Of what is frozen, and holds nothing that could change, the text is found once. */
class VariedTexts {
  readonly #known = new WeakMap<object, string>();

  of(varyBy: unknown): string {
    if (typeof varyBy !== 'object' || varyBy === null) return canonical(varyBy);
    const known = this.#known.get(varyBy);
    if (known !== undefined) return known;
    const text = canonical(varyBy);
    if (isUnchangeable(varyBy)) this.#known.set(varyBy, text);
    return text;
  }
}

function isUnchangeable(value: object): boolean {
  if (!Object.isFrozen(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every((member: PropertyDescriptor) => {
    const isFlat = typeof member.value !== 'object' || member.value === null;
    return isFlat && member.get === undefined;
  });
}
