/** What became of a write, as far as its client knows. */
export type Outcome = 'open' | 'answered' | 'unknown' | 'undone';

/** A state that a row was given. Times are milliseconds on the checker's monotonic clock. */
export interface Version<State> {
  readonly index: number;
  readonly state: State;
  /** Which node was asked; null for a statement that went to the database directly. */
  readonly node: number | null;
  readonly start: number;
  /** When the answer had come; null as long as there is none. */
  end: number | null;
  outcome: Outcome;
  /** The `Larder-Position` that was answered. */
  position: string | null;
  /** Whether the answer said that the invalidation is pending. */
  pending: boolean;
}

/**
 * The history of one row. Writes to a row are made one after the other, so that the order in which they were begun is
 * the order of the row's versions; all other rows are written meanwhile.
 */
export class Register<State> {
  readonly #versions: Version<State>[];
  #writing = false;

  constructor(
    readonly name: string,
    initial: State,
  ) {
    this.#versions = [{ index: 0, state: initial, node: null, start: -Infinity, end: -Infinity, outcome: 'answered', position: null, pending: false }];
  }

  get versions(): readonly Version<State>[] {
    return this.#versions;
  }

  get latest(): Version<State> {
    const last = this.#versions.findLast(({ outcome }) => outcome !== 'undone');
    if (last === undefined) throw new Error(`${this.name} has no version`);
    return last;
  }

  /** False when somebody is writing it. */
  lock(): boolean {
    if (this.#writing) return false;
    this.#writing = true;
    return true;
  }

  unlock(): void {
    this.#writing = false;
  }

  get isLocked(): boolean {
    return this.#writing;
  }

  begin(state: State, node: number | null, start: number): Version<State> {
    const version: Version<State> = { index: this.#versions.length, state, node, start, end: null, outcome: 'open', position: null, pending: false };
    this.#versions.push(version);
    return version;
  }
}

export function answer<State>(version: Version<State>, end: number, reply: { readonly position: string | null; readonly pending: boolean }): void {
  version.end = end;
  version.outcome = 'answered';
  version.position = reply.position;
  version.pending = reply.pending;
}
