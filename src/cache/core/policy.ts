/** PUBLIC entries are shared by all viewers of a partition; PRIVATE ones belong to one viewer. */
export type CacheScope = 'PUBLIC' | 'PRIVATE';

/** How long an entry may be served, and to whom. Milliseconds. `maxAge` 0 is never stored and never shared. */
export interface Policy {
  readonly maxAge: number;
  /** After `maxAge`, how long the old value may still be served while it is being revalidated or the source fails. */
  readonly staleWhileRevalidate: number;
  readonly scope: CacheScope;
  /** Name of the profile it comes from, for statistics and purges. */
  readonly profile?: string;
}

export const neverStored: Policy = { maxAge: 0, staleWhileRevalidate: 0, scope: 'PUBLIC' };

/** How long an absent row may be remembered: short, since it costs little to ask again. */
export const NEGATIVE_MAX_AGE = 60_000;

/** The stricter of two scopes. */
export function strictest(a: CacheScope, b: CacheScope): CacheScope {
  return a === 'PRIVATE' ? a : b;
}

/** Named policies of an application, looked up by `profile`. */
export type Profiles = Readonly<Record<string, Policy>>;
