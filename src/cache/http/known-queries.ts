import { hash as digestOf } from 'node:crypto';
import { BoundedMap } from '../../lib/bounded-map.js';
import { DOCUMENT_MEMORY_BYTES, UsedBefore, type OperationPlan } from '../graphql/index.js';

/** What a request says of the operation it asks. Anything may stand in it. */
export interface SentOperation {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

export interface KnownQuery {
  readonly plan: OperationPlan;
  readonly source: string;
}

/** Estimated weight of a hash and its map entry, in bytes. */
const HASH_BYTES = 300;

/**
 * Queries that GraphQL has parsed and found valid, by their text, and by its hash for those that are asked by it (APQ). Remembered from
 * their second use on, and bounded by what they weigh: what clients send cannot grow this (C4).
 */
export class KnownQueries {
  readonly #bySource: BoundedMap<string, Map<string, KnownQuery>>;
  readonly #sourceOf: BoundedMap<string, string>;
  readonly #used = new UsedBefore();

  /** @param maxBytes of heap, as `documentWeight` estimates it. */
  constructor(maxBytes = DOCUMENT_MEMORY_BYTES) {
    this.#bySource = new BoundedMap(maxBytes);
    this.#sourceOf = new BoundedMap(maxBytes / 32);
  }

  remember(known: KnownQuery, { operationName, hash }: { readonly operationName: string | null; readonly hash: string | null }): void {
    const { source, plan } = known;
    const name = operationName ?? '';
    const byName = this.#bySource.get(source);
    if (byName === undefined) {
      if (!this.#used.has(digestOf('sha1', `${name} ${source}`, 'base64url'))) return;
      this.#bySource.set(source, new Map([[name, known]]), plan.weight);
    } else byName.set(name, known);
    if (hash !== null) this.#sourceOf.set(hash, source, HASH_BYTES + source.length);
  }

  /** @returns null for what GraphQL has to be asked about. */
  find({ query, operationName, extensions }: SentOperation): KnownQuery | null {
    const source = typeof query === 'string' ? query : this.#sourceOfHash(extensions);
    if (source === undefined) return null;
    // A text beside a hash is registered by Apollo, which compares the two.
    if (typeof query === 'string' && hashIn(extensions) !== undefined) return null;
    if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
    return this.#bySource.get(source)?.get(operationName ?? '') ?? null;
  }

  #sourceOfHash(extensions: unknown): string | undefined {
    const hash = hashIn(extensions);
    return hash === undefined ? undefined : this.#sourceOf.get(hash);
  }
}

/** The hash of an automatic persisted query; undefined for none, and for one in a form that Apollo has to judge. */
function hashIn(extensions: unknown): string | undefined {
  const { persistedQuery } = (extensions ?? {}) as { readonly persistedQuery?: { readonly version?: unknown; readonly sha256Hash?: unknown } };
  if (persistedQuery === undefined || persistedQuery === null) return undefined;
  return persistedQuery.version === 1 && typeof persistedQuery.sha256Hash === 'string' ? persistedQuery.sha256Hash : '';
}
