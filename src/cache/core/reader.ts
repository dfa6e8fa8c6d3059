import type { Cache } from './cache.js';
import { Collector } from './collector.js';
import type { Entry } from './entry.js';
import { CacheError } from './errors.js';
import type { CacheRequest } from './request.js';
import { GLOBAL, type Partition } from './tags.js';

/** Where loads read from, per partition: for a tenant's, a database that shows only that tenant's rows. */
export type Sources<Source> = (partition: Partition) => Source;

/** Something that can be read with `reader.load(definition)`: an entity loader or a list. */
export interface Definition<Source, Loader> {
  readonly name: string;
  /** Whose rows: the reader's own partition, or those that all share. */
  readonly partition: 'own' | 'global';
  bind(reader: Reader<Source>): Loader;
}

export interface ReaderParts<Source> {
  readonly cache: Cache;
  readonly request: CacheRequest;
  /** The viewer's partition; null while nobody has said which. */
  readonly partition: Partition | null;
  readonly sources: Sources<Source>;
  /** Where what is read is collected; a new one when left out. */
  readonly collector?: Collector;
}

/**
 * What resolvers read through: a request, the place where what they read is collected, and the partition they may read.
 */
export class Reader<Source> {
  readonly cache: Cache;
  readonly request: CacheRequest;
  readonly partition: Partition | null;
  readonly sources: Sources<Source>;
  readonly collector: Collector;
  /** Most readers read little: made when it is needed. */
  #bound: Map<Definition<Source, unknown>, unknown> | null = null;

  constructor(parts: ReaderParts<Source>) {
    this.cache = parts.cache;
    this.request = parts.request;
    this.partition = parts.partition;
    this.sources = parts.sources;
    this.collector = parts.collector ?? new Collector(parts.partition);
  }

  /** The loader of a definition, reporting to this reader's collector. */
  load<Loader>(definition: Definition<Source, Loader>): Loader {
    this.#bound ??= new Map<Definition<Source, unknown>, unknown>();
    let loader = this.#bound.get(definition);
    if (loader === undefined) this.#bound.set(definition, (loader = definition.bind(this)));
    return loader as Loader;
  }

  /** The value of an entry; whatever is being loaded here depends on it from now on. */
  take<T>(entry: Entry<T>): T {
    const { ledger, without } = this.cache;
    const contained = without.has('remaining-lifetime') ? { ...entry, tags: entry.tags, freshUntil: Infinity, staleUntil: Infinity } : entry;
    this.collector.add(contained, ledger.now());
    return entry.value;
  }

  /** The same request, collecting elsewhere: for a load inside this one. */
  within(collector: Collector): Reader<Source> {
    const { cache, request, partition, sources } = this;
    return new Reader({ cache, request, partition, sources, collector });
  }

  /** The partition that a definition reads: its own is the viewer's. @throws CacheError when there is none (P2). */
  partitionFor(kind: 'own' | 'global', name: string): Partition {
    if (kind === 'global') return GLOBAL;
    if (this.partition === null) throw new CacheError('CACHE_PARTITION_INVALID', `${name} belongs to a partition, and none was given`);
    return this.partition;
  }
}
