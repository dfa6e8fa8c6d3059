import type { DocumentNode } from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.js';

/** What all documents together may weigh that are remembered, unless the application says otherwise: 32 MiB. */
export const DOCUMENT_MEMORY_BYTES = 32 * 1024 * 1024;

/** What a short document takes beside its characters. */
const BASE_BYTES = 6 * 1024;
/**
 * For each character, with its plan and what its execution needs. Measured on Node 20 with documents of 30 to 6,000 characters: 66 to
 * 112 bytes for the syntax tree, whose nodes hold the tokens that they were made from, and 10 to 25 for the rest.
 */
const BYTES_PER_CHARACTER = 110;

/** What a parsed document occupies in the heap, with what is remembered of it: an estimate, in bytes. */
export function documentWeight({ loc }: DocumentNode): number {
  return BASE_BYTES + BYTES_PER_CHARACTER * (loc?.source.body.length ?? MAX_CHARACTERS);
}

/** Of a document that does not know its text. */
const MAX_CHARACTERS = 10_000;

/** What many keys may weigh that were used once, in bytes: some ten thousand of them. */
const USED_ONCE_BYTES = 1024 * 1024;
const KEY_BYTES = 100;

/** Tells what is used for the second time: what is asked once does not push out what is asked again and again. */
export class UsedBefore {
  readonly #keys = new BoundedMap<string, true>(USED_ONCE_BYTES);

  /** @param key short, such as a hash. */
  has(key: string): boolean {
    if (this.#keys.get(key) === true) return true;
    this.#keys.set(key, true, KEY_BYTES + key.length);
    return false;
  }
}
