import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';
import { documentWeight, UsedBefore } from '../cache/graphql/index.js';
import { BoundedMap } from '../lib/bounded-map.js';

/**
 * The documents that Apollo has parsed and found valid, from their second use on, bounded by their weight in the heap. Apollo's
 * own store counts characters; each takes about a hundred bytes once it is parsed.
 */
export class DocumentStore implements KeyValueCache<DocumentNode> {
  readonly #documents: BoundedMap<string, DocumentNode>;
  readonly #used = new UsedBefore();

  constructor(maxBytes: number) {
    this.#documents = new BoundedMap(maxBytes);
  }

  get(key: string): Promise<DocumentNode | undefined> {
    return Promise.resolve(this.#documents.get(key));
  }

  set(key: string, document: DocumentNode): Promise<void> {
    if (this.#used.has(key)) this.#documents.set(key, document, documentWeight(document));
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    this.#documents.delete(key);
    return Promise.resolve(true);
  }
}
