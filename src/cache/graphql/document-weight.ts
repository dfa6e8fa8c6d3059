import type { DocumentNode } from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.js';

/** Default bound of what all remembered documents weigh together: 32 MiB. */
export const DOCUMENT_MEMORY_BYTES = 32 * 1024 * 1024;

/** Fixed part of a document's weight. */
const BASE_BYTES = 6 * 1024;
/**
 * For each character, with its plan and what its execution needs. Measured on Node 20 with documents of 30 to 6,000 characters:
 * 66 to 112 bytes for the syntax tree, whose nodes hold their tokens. The plan and the rest take 10 to 25 bytes.
 */
const BYTES_PER_CHARACTER = 110;

/** What a parsed document occupies in the heap, with what is remembered of it: an estimate, in bytes. */
export function documentWeight({ loc }: DocumentNode): number {
  return BASE_BYTES + BYTES_PER_CHARACTER * (loc?.source.body.length ?? MAX_CHARACTERS);
}

/** Assumed length of a document without its source text. */
const MAX_CHARACTERS = 10_000;

/** Bound of the keys that were used once, in bytes: some ten thousand keys. */
const USED_ONCE_BYTES = 1024 * 1024;
const KEY_BYTES = 100;

/** Recognizes keys at their second use, so that documents that are sent once do not evict documents that are sent repeatedly. */
export class UsedBefore {
  readonly #keys = new BoundedMap<string, true>(USED_ONCE_BYTES);

  /** @param key short, such as a hash. */
  has(key: string): boolean {
    if (this.#keys.get(key) === true) return true;
    this.#keys.set(key, true, KEY_BYTES + key.length);
    return false;
  }
}
