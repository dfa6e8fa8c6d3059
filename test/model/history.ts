import { ROWS, type Database, type Row, type Versions } from './database.js';

/** What a mutation's reply hands out for strong reads. */
export interface Token {
  readonly epoch: string;
  readonly position: number;
}

interface AnsweredWrite {
  readonly at: number;
  readonly node: number;
  readonly versions: Versions;
  /** Null for a mutation whose invalidation is pending. */
  readonly token: Token | null;
}

/** A promise that was broken. */
export interface Violation {
  readonly kind: 'same node' | 'other node' | 'strong' | 'for ever';
  readonly at: number;
  readonly text: string;
}

/** A read under way: what it has to see was fixed when it began. */
export interface Expected {
  readonly node: number;
  readonly sameNode: Versions;
  readonly otherNodes: Versions;
  readonly strong: Versions;
}

/** What clients saw: mutations answered, reads answered, and whether they fit together. */
export class History {
  readonly violations: Violation[] = [];
  readonly #writes: AnsweredWrite[] = [];
  reads = 0;
  hits = 0;

  constructor(
    /** Milliseconds after which every node has to show an answered mutation. */
    private readonly bound: number,
    private readonly now: () => number,
  ) {}

  answered(write: Omit<AnsweredWrite, 'at'>): void {
    this.#writes.push({ ...write, at: this.now() });
  }

  get withTokens(): readonly AnsweredWrite[] {
    return this.#writes.filter(({ token }) => token !== null);
  }

  /** A read begins on a node; a strong one has been handed the token of a write. */
  expect(node: number, strong: Versions = {}): Expected {
    const due = this.now() - this.bound;
    return {
      node,
      sameNode: newest(this.#writes.filter((write) => write.node === node)),
      otherNodes: newest(this.#writes.filter(({ at }) => at < due)),
      strong,
    };
  }

  /** A read that began as expected is answered with these versions. */
  check(expected: Expected, seen: Versions): void {
    this.#compare(expected, seen, { kind: 'same node', due: expected.sameNode });
    this.#compare(expected, seen, { kind: 'other node', due: expected.otherNodes });
    this.#compare(expected, seen, { kind: 'strong', due: expected.strong });
  }

  /** When everything has come to rest, whatever may still be served has to be what the database says. */
  checkAtRest(node: number, seen: Versions, database: Database): void {
    const all = database.read(ROWS);
    this.#compare({ node }, seen, { kind: 'for ever', due: all });
  }

  #compare({ node }: { readonly node: number }, seen: Versions, { kind, due }: { kind: Violation['kind']; due: Versions }): void {
    for (const row of ROWS) {
      const version = seen[row];
      const least = due[row] ?? 0;
      if (version !== undefined && version < least) {
        this.violations.push({ kind, at: this.now(), text: `node ${node} shows row ${row} as ${version}, not ${least}` });
      }
    }
  }
}

function newest(writes: readonly AnsweredWrite[]): Versions {
  const result: Partial<Record<Row, number>> = {};
  for (const { versions } of writes) {
    for (const row of ROWS) if ((versions[row] ?? 0) > (result[row] ?? 0)) result[row] = versions[row] ?? 0;
  }
  return result;
}
