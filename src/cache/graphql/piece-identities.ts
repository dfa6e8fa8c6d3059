import { canonical } from '../../lib/canonical.js';
import type { Identities, Identity } from '../core/key.js';
import { NOTHING, type Without } from '../core/mechanisms.js';
import { GLOBAL, type Partition } from '../core/tags.js';
import type { PlannedPiece } from './operation-plan.js';
import { fill, type Variables } from './template.js';

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

/** What a piece is called in the cache, and whose it is; or why it is in no cache. */
export type Identified = { readonly identity: Identity; readonly partition: Partition } | { readonly because: string };

/** So many identities of one piece are remembered, of those whose arguments come with the request. */
const REMEMBERED = 500;

/**
 * Names pieces. In the key is what the selected fields depend on and nothing else about the viewer: the partition, the
 * arguments, the permissions among those that the fields require; for PRIVATE pieces the viewer (P1, P2, P5).
 */
export class PieceIdentities {
  readonly #known = new WeakMap<PlannedPiece, Known>();
  readonly #texts = new WeakMap<PlannedPiece, WeakMap<Variables, string>>();

  constructor(
    private readonly identities: Identities,
    private readonly without: Without = NOTHING,
  ) {}

  of(piece: PlannedPiece, variables: Variables, asker: Asker): Identified {
    if (piece.kind !== 'stored') return { because: piece.because ?? 'it is known' };
    const { scope } = piece.policy;
    const partition = piece.selected.shared && scope === 'PUBLIC' ? GLOBAL : asker.partition;
    if (partition === null) return { because: 'the request names no partition' };
    // Nothing private is kept for a viewer whom nobody could tell from another.
    if (scope === 'PRIVATE' && asker.viewer === null) return { because: 'it is private, and the viewer is anonymous' };
    let text: string;
    try {
      text = this.#textOf(piece, variables);
    } catch {
      return { because: 'its arguments are no plain data' };
    }
    const held = this.without.has('permissions-in-key') ? [] : piece.permissions.filter((permission) => asker.holds(permission));
    const viewer = scope === 'PRIVATE' && !this.without.has('viewer-in-key') ? asker.viewer : undefined;
    return { identity: this.#remember(piece, { partition, text, rest: [asker.varyBy, held, viewer] }), partition };
  }

  /** What a piece asks. Whoever asks with the same variables object again, asks the same. */
  #textOf(piece: PlannedPiece, variables: Variables): string {
    let texts = this.#texts.get(piece);
    if (texts === undefined) this.#texts.set(piece, (texts = new WeakMap<Variables, string>()));
    let text = texts.get(variables);
    if (text === undefined) texts.set(variables, (text = fill(piece.text, variables)));
    return text;
  }

  #remember(piece: PlannedPiece, { partition, text, rest }: About): Identity {
    let known = this.#known.get(piece);
    if (known === undefined) this.#known.set(piece, (known = { byAsker: new Map(), count: 0 }));
    // Who asks in front of what is asked, which is long, and the same text object each time: it is not read again.
    const asker = `${partition} ${canonical(rest)}`;
    const found = known.byAsker.get(asker)?.get(text);
    if (found !== undefined) return found;
    if (known.count >= REMEMBERED) this.#known.set(piece, (known = { byAsker: new Map(), count: 0 }));
    let byText = known.byAsker.get(asker);
    if (byText === undefined) known.byAsker.set(asker, (byText = new Map<string, Identity>()));
    const identity = this.identities.of(piece.subject, partition, canonical([text, ...rest]));
    byText.set(text, identity);
    known.count++;
    return identity;
  }
}

/** What a piece is called, apart from the piece itself. */
interface About {
  readonly partition: Partition;
  readonly text: string;
  readonly rest: readonly unknown[];
}

interface Known {
  readonly byAsker: Map<string, Map<string, Identity>>;
  count: number;
}
