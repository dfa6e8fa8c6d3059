import type { Cache } from './cache.js';
import { Collector } from './collector.js';
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

/**
 * What resolvers read through: a request, the place where what they read is collected, and the partition they may read.
 */
export class Reader<Source> {
  constructor(
    readonly cache: Cache,
    readonly request: CacheRequest,
    /** The viewer's partition; null while nobody has said which. */
    readonly partition: Partition | null,
    readonly sources: Sources<Source>,
    readonly collector: Collector = new Collector(partition),
  ) {}

  /** The loader of a definition, reporting to this reader's collector. */
  load<Loader>(definition: Definition<Source, Loader>): Loader {
    return definition.bind(this);
  }

  /** The same request, collecting elsewhere: for a load inside this one. */
  within(collector: Collector): Reader<Source> {
    return new Reader(this.cache, this.request, this.partition, this.sources, collector);
  }

  /** The partition that a definition reads: its own is the viewer's. @throws CacheError when there is none (P2). */
  partitionFor(kind: 'own' | 'global', name: string): Partition {
    if (kind === 'global') return GLOBAL;
    if (this.partition === null) throw new CacheError('CACHE_PARTITION_INVALID', `${name} belongs to a partition, and none was given`);
    return this.partition;
  }
}
