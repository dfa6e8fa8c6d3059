import type { OperationPlan } from '../graphql/index.js';

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

/** So many texts are remembered, and so many characters of them: what clients send cannot grow this (C4). */
const MAX_TEXTS = 2_000;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** Queries that GraphQL has parsed and found valid, by their text, and by its hash for those that are asked by it (APQ). */
export class KnownQueries {
  readonly #bySource = new Map<string, Map<string, KnownQuery>>();
  readonly #sourceOf = new Map<string, string>();
  #characters = 0;

  remember(known: KnownQuery, { operationName, hash }: { readonly operationName: string | null; readonly hash: string | null }): void {
    const { source } = known;
    let byName = this.#bySource.get(source);
    if (byName === undefined) {
      this.#makeRoom(source.length);
      this.#bySource.set(source, (byName = new Map<string, KnownQuery>()));
      this.#characters += source.length;
    }
    byName.set(operationName ?? '', known);
    if (hash === null) return;
    if (this.#sourceOf.size >= MAX_TEXTS) this.#sourceOf.clear();
    this.#sourceOf.set(hash, source);
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

  #makeRoom(characters: number): void {
    for (const [oldest] of this.#bySource) {
      if (this.#bySource.size < MAX_TEXTS && this.#characters + characters <= MAX_CHARACTERS) return;
      this.#bySource.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}

/** The hash of an automatic persisted query; undefined for none, and for one in a form that Apollo has to judge. */
function hashIn(extensions: unknown): string | undefined {
  const { persistedQuery } = (extensions ?? {}) as { readonly persistedQuery?: { readonly version?: unknown; readonly sha256Hash?: unknown } };
  if (persistedQuery === undefined || persistedQuery === null) return undefined;
  return persistedQuery.version === 1 && typeof persistedQuery.sha256Hash === 'string' ? persistedQuery.sha256Hash : '';
}
