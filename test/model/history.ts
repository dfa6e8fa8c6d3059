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
  reads = 0;
  hits = 0;
  readonly #writes: AnsweredWrite[] = [];
  readonly #seenOn = new Map<number, Versions>();
  /** What every node has to show by now, and how many of the writes that includes. */
  #seenByAll: Versions = {};
  #due = 0;

  constructor(
    /** Milliseconds after which every node has to show an answered mutation. */
    private readonly bound: number,
    private readonly now: () => number,
  ) {}

  answered(answer: Omit<AnsweredWrite, 'at'>): void {
    this.#writes.push({ ...answer, at: this.now() });
    this.#seenOn.set(answer.node, newest(this.#seenOn.get(answer.node) ?? {}, answer.versions));
  }

  get withTokens(): readonly AnsweredWrite[] {
    return this.#writes.filter(({ token }) => token !== null);
  }

  /** A read begins on a node; a strong one has been handed the token of a write. */
  expect(node: number, strong: Versions = {}): Expected {
    const due = this.now() - this.bound;
    for (let next = this.#writes[this.#due]; next !== undefined && next.at < due; next = this.#writes[++this.#due]) {
      this.#seenByAll = newest(this.#seenByAll, next.versions);
    }
    return { node, sameNode: this.#seenOn.get(node) ?? {}, otherNodes: this.#seenByAll, strong };
  }

  /** A read that began as expected is answered with these versions. */
  check({ node, sameNode, otherNodes, strong }: Expected, seen: Versions): void {
    this.#compare('same node', { node, seen, due: sameNode });
    this.#compare('other node', { node, seen, due: otherNodes });
    this.#compare('strong', { node, seen, due: strong });
  }

  /** When everything has come to rest, whatever may still be served has to be what the database says. */
  checkAtRest(node: number, seen: Versions, database: Database): void {
    this.#compare('for ever', { node, seen, due: database.read(ROWS) });
  }

  #compare(kind: Violation['kind'], { node, seen, due }: { node: number; seen: Versions; due: Versions }): void {
    for (const row of ROWS) {
      const version = seen[row];
      const least = due[row] ?? 0;
      if (version !== undefined && version < least) {
        this.violations.push({ kind, at: this.now(), text: `node ${node} shows row ${row} as ${version}, not ${least}` });
      }
    }
  }
}

function newest(one: Versions, other: Versions): Versions {
  const result: Partial<Record<Row, number>> = { ...one };
  for (const row of ROWS) if ((other[row] ?? 0) > (one[row] ?? 0)) result[row] = other[row] ?? 0;
  return result;
}
