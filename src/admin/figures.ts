import type { MissReason } from '../cache/index.js';

/** What happened to look-ups, counted. Plain numbers, so that counting one is an addition. */
export class Figures {
  /** Answered fresh from the cache. */
  hits = 0;
  /** Answered by an entry in its grace. */
  stale = 0;
  misses = 0;
  readonly missReasons: Record<MissReason, number> = { absent: 0, expired: 0, invalidated: 0, epoch: 0, trimmed: 0, pending: 0, alone: 0 };
  /** Misses that another's load answered. */
  joins = 0;
  /** Loads that did not ask the cache. */
  bypasses = 0;
  loads = 0;
  loadMilliseconds = 0;
  sets = 0;
  /** Loads whose value was not stored. */
  skips = 0;
  errors = 0;

  /** Share of look-ups that found a fresh entry; null before the first. */
  get hitRate(): number | null {
    const lookups = this.hits + this.misses;
    return lookups === 0 ? null : this.hits / lookups;
  }

  get averageLoadMilliseconds(): number | null {
    return this.loads === 0 ? null : this.loadMilliseconds / this.loads;
  }

  add(other: Figures): void {
    this.hits += other.hits;
    this.stale += other.stale;
    this.misses += other.misses;
    for (const reason of Object.keys(this.missReasons) as MissReason[]) this.missReasons[reason] += other.missReasons[reason];
    this.joins += other.joins;
    this.bypasses += other.bypasses;
    this.loads += other.loads;
    this.loadMilliseconds += other.loadMilliseconds;
    this.sets += other.sets;
    this.skips += other.skips;
    this.errors += other.errors;
  }

  static sum(all: Iterable<Figures>): Figures {
    const total = new Figures();
    for (const figures of all) total.add(figures);
    return total;
  }
}
