import type { Finding, Kind } from './judge.js';
import { judge } from './judge.js';
import type { Observation, Read } from './observation.js';
import { lowStockOf } from './requests.js';
import type { MedicineState, Shelf } from './shelves.js';

export interface Violation extends Finding {
  /** Milliseconds since the run began. */
  readonly at: number;
  /** The fault under way or the last one. */
  readonly during: string;
}

/** A read within so many milliseconds of a write to the same thing is near. */
const NEAR = 50;
const MAX_KEPT = 200;

/** Everything that is counted of a run. */
export class Record {
  readonly began = performance.now();
  reads = 0;
  mutations = 0;
  statements = 0;
  strongReads = 0;
  nearReads = 0;
  pending = 0;
  /** Of the processes that were alive at the end. */
  hits = 0;
  misses = 0;
  compared = 0;
  readonly failures = new Map<string, number>();
  readonly kinds = new Map<Kind, number>();
  readonly violations: Violation[] = [];
  readonly lags: number[] = [];
  readonly faults = new Map<string, number>();
  /** How often the stored state of every node was compared with the database. */
  comparisons = 0;
  /** Named by the schedule. */
  during = 'no fault yet';
  readonly #writes = new Map<string, { start: number; end: number }>();

  get operations(): number {
    return this.reads + this.mutations;
  }

  /** Judges what an answer shows and counts what is wrong. */
  judged(observations: readonly Observation[], read: Read): void {
    for (const observation of observations) for (const finding of judge(observation, read)) this.found(finding);
  }

  found(finding: Finding): void {
    this.kinds.set(finding.kind, (this.kinds.get(finding.kind) ?? 0) + 1);
    if (this.violations.length < MAX_KEPT) {
      this.violations.push({ ...finding, at: Math.round(performance.now() - this.began), during: this.during });
    }
  }

  failed(reason: string): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }

  injected(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  countRead(about: readonly string[], start: number): void {
    this.reads++;
    const isNear = about.some((name) => {
      const write = this.#writes.get(name);
      return write !== undefined && start >= write.start - NEAR && start <= write.end + NEAR;
    });
    if (isNear) this.nearReads++;
  }

  /** A write to rows and lists is under way. @returns to be called when it has been answered. */
  writing(names: readonly string[]): () => void {
    const write = { start: performance.now(), end: Infinity };
    for (const name of names) this.#writes.set(name, write);
    return () => {
      write.end = performance.now();
    };
  }
}

/** The lists whose rows, order or number a medicine's change concerns. */
export function listsOf(shelf: Shelf, states: readonly MedicineState[]): readonly string[] {
  return [...shelf.lists.filter(({ contains }) => states.some(contains)).map(({ key }) => key), lowStockOf(shelf.tenant)];
}
