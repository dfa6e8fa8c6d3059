import type { Collector } from './collector.js';
import type { Entry } from './entry.js';
import type { Policy } from './policy.js';
import type { Loaded } from './reading.js';
import type { Began } from './single-flight.js';
import type { StoreWrite } from './store.js';

export type Outcome<T> = { readonly entry: Entry<T>; readonly collector: Collector } | Error;

/** What is loaded together, and when it is there. */
export interface LoadUnderWay<T> {
  readonly places: readonly number[];
  readonly outcomes: Promise<readonly Outcome<T>[]>;
}

export interface Finished<T> {
  readonly loaded: Loaded<T> | Error | undefined;
  readonly began: Began;
  readonly milliseconds: number;
}

/** What becomes of an entry beside answering who loaded it. */
export interface Kept {
  readonly shared: boolean;
  readonly write: StoreWrite | null;
}

/** Why nobody but who loaded it may use an entry, however soon. */
export function whyUnshared(policy: Policy, collector: Collector, entry: Entry): string | null {
  if (policy.maxAge <= 0) return 'its maxAge is 0';
  if (collector.notStorable !== null) return collector.notStorable;
  // The key of a PUBLIC entry has no viewer in it: what turned out to be private must not be found under it (P1).
  return policy.scope === 'PUBLIC' && entry.scope === 'PRIVATE' ? 'it contains private data' : null;
}
