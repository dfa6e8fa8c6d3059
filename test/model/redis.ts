import type { Without } from './rules.js';

/** What the ledger's script is called with. */
export interface ScriptCall {
  /** Empty for none. */
  readonly knownEpoch: string;
  readonly knownPosition: number;
  /** Tags above it are reported. */
  readonly cursor: number;
  readonly maxTags: number;
  /** Bound on reported members. */
  readonly page: number;
  /** Tags to invalidate. */
  readonly tags: readonly string[];
}

export interface ScriptReply {
  readonly epoch: string;
  readonly position: number;
  /** The cursor that the report reached, and whether that is everything. */
  readonly reached: number;
  readonly complete: boolean;
  readonly replaced: readonly number[];
  /** Members of the ledger's sorted set and their scores. */
  readonly reported: readonly (readonly [string, number])[];
}

interface Snapshot {
  readonly ledger: ReadonlyMap<string, number>;
  readonly entries: ReadonlyMap<string, unknown>;
}

const POSITION = '\0p';
const EMPTY: Snapshot = { ledger: new Map(), entries: new Map() };

/** A Redis server: the ledger's sorted set, stored entries, and what it was like before each command. */
export class RedisServer {
  isUp = true;
  /** Milliseconds that its wall clock is off. */
  clockOffset = 0;
  /** Scripts that it knows by their digest. */
  readonly scripts = new Set<string>();
  entries: Map<string, unknown>;
  readonly #ledger: Map<string, number>;
  readonly #past: Snapshot[] = [EMPTY];

  constructor(
    /** What Redis calls `master_replid`: another one after every restart and promotion. */
    readonly identity: string,
    private readonly options: { readonly without: Without; readonly newEpoch: () => string },
    from: Snapshot = EMPTY,
  ) {
    this.#ledger = new Map(from.ledger);
    this.entries = new Map(from.entries);
  }

  /** What it was like so many changes ago. */
  past(ago: number): Snapshot {
    return this.#past.at(-Math.min(ago, this.#past.length)) ?? EMPTY;
  }

  get pasts(): number {
    return this.#past.length;
  }

  flush(): void {
    this.#ledger.clear();
    this.entries.clear();
  }

  /** The ledger's script, step by step as in ledger-script.ts. */
  runScript(call: ScriptCall): ScriptReply {
    const isKnown = this.#beginEpochIfNeeded(call);
    const epoch = this.#description('\0e');
    const replaced = call.tags.length === 0 ? [] : this.#invalidate(call);
    const reply = { epoch, replaced, ...this.#report(isKnown ? call.cursor : -1, call.page) };
    this.#past.push({ ledger: new Map(this.#ledger), entries: new Map(this.entries) });
    return reply;
  }

  /** @returns whether the caller knows the epoch. */
  #beginEpochIfNeeded({ knownEpoch, knownPosition }: ScriptCall): boolean {
    const epoch = this.#description('\0e');
    const isOwn = this.#description('\0o') === this.identity || this.options.without.has('replid');
    const position = this.#position;
    // Whoever keeps an old epoch's position would be caught here at its next call: both checks are left out together.
    const hasLost = knownEpoch === epoch && knownPosition > position && !this.options.without.has('keeppos');
    if (epoch !== '' && isOwn && !hasLost) return knownEpoch === epoch;
    this.#ledger.clear();
    this.#ledger.set(`\0e${this.options.newEpoch()}`, -3);
    this.#ledger.set(`\0o${this.identity}`, -2);
    this.#ledger.set(POSITION, Math.max(position, knownPosition) + 1);
    return false;
  }

  #invalidate({ tags, maxTags }: ScriptCall): number[] {
    const position = this.#position + 1;
    const replaced = tags.map((tag) => {
      const before = this.#ledger.get(tag) ?? this.#ledger.get(floorOf(tag)) ?? 0;
      this.#ledger.set(tag, position);
      return before;
    });
    this.#ledger.set(POSITION, position);
    this.#trim(position, maxTags);
    return replaced;
  }

  #trim(position: number, maxTags: number): void {
    const excess = this.#ledger.size - maxTags;
    if (excess <= 0) return;
    for (const [tag, score] of this.#range(0, Infinity).slice(0, excess + Math.floor(maxTags / 10))) {
      if (tag.startsWith('\0') || score >= position) continue;
      this.#ledger.delete(tag);
      const floor = floorOf(tag);
      this.#ledger.set(floor, Math.max(score, this.#ledger.get(floor) ?? score));
    }
  }

  #report(cursor: number, page: number): Pick<ScriptReply, 'position' | 'reached' | 'complete' | 'reported'> {
    const position = this.#position;
    const above = this.#range(cursor + 0.5, Infinity);
    const last = above.at(page - 1);
    if (last === undefined) return { position, reached: position, complete: true, reported: above };
    // Many members may share the last position: a page ends with all of them.
    const reported = above.filter(([, score]) => score <= last[1]);
    return { position, reached: last[1], complete: last[1] >= position, reported };
  }

  get #position(): number {
    return this.#ledger.get(POSITION) ?? 0;
  }

  /** Epoch or owner; empty when there is no ledger. */
  #description(prefix: '\0e' | '\0o'): string {
    for (const member of this.#ledger.keys()) if (member.startsWith(prefix)) return member.slice(2);
    return '';
  }

  /** By score, then by name, as a sorted set is. */
  #range(from: number, to: number): [string, number][] {
    return [...this.#ledger]
      .filter(([, score]) => score >= from && score <= to)
      .sort(([a, aScore], [b, bScore]) => aScore - bScore || (a < b ? -1 : 1));
  }
}

function floorOf(tag: string): string {
  return `\0f${/^t\/([^@/][^/]*)/.exec(tag)?.[1] ?? 'global'}`;
}
