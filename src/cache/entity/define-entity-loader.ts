import DataLoader from 'dataloader';
import type { Loaded, Lookup } from '../core/cache.js';
import { Collector } from '../core/collector.js';
import type { WriteThrough } from '../core/committed.js';
import type { Entry } from '../core/entry.js';
import type { Subject } from '../core/key.js';
import { NEGATIVE_MAX_AGE, type Policy } from '../core/policy.js';
import type { Definition, Reader } from '../core/reader.js';
import { asError } from '../core/reading.js';
import { tags, type Partition, type Tag, type TagValue } from '../core/tags.js';
import { definitions, factsOfLoader } from './definitions.js';
import { GatheredBatches } from './gathered-batches.js';
import { declareReads, keyReadOf, partitionOf, tagsOfRead, tagsOfRowRead, type RowRead, type TableRead } from './reads.js';
import { declareRowKey } from './row-keys.js';

export interface EntityDefinition<Source, Key extends TagValue, Row> {
  readonly name: string;
  readonly table: string;
  /** Whose rows: the reader's own partition, or those that all share. */
  readonly partition: 'own' | 'global';
  readonly policy: Policy;
  /** Changes with the columns that `batch` selects: entries of another shape are other keys (P5). */
  readonly version: string;
  /** The column that `Key` is a value of. The tag comes from the requested key, so that null look-ups have one, too (F6). */
  readonly keyColumn: string;
  /** Whether `keyColumn` is the one that the table's row tags name: its primary key. Default true. */
  readonly byRow?: boolean;
  /** With `byRow: false`: what else of the rows counts, where not every column does, as in a list's reads; */
  readonly columns?: readonly string[];
  /** and what `batch` compares other columns with. */
  readonly where?: Readonly<Record<string, TagValue>>;
  /** Other tables that `batch` reads, each asked with the requested key. */
  readonly alsoReads?: readonly TableRead<Key>[];
  /** Joined tables whose keys only the row knows. Not asked for absent rows. */
  readonly rowReads?: readonly RowRead<Row>[];
  /** Who answers for changes of its tables that no trigger captures, where there are such. */
  readonly invalidatedBy?: string;
  /**
   * One query for all keys (an SQL `IN`), of as many requests as miss some in the same turn of the event loop. Rows in any order;
   * keys without a row are absent. When it rejects and several have asked, it is asked again for each.
   */
  readonly batch: (source: Source, keys: readonly Key[]) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => Key;
}

export interface EntityLoader<Key, Row> {
  /** The row, or null when there is none. */
  load(key: Key): Promise<Row | null>;
  loadMany(keys: readonly Key[]): Promise<readonly (Row | null)[]>;
}

/** A loader's definition; `prime` hands it rows that a list brought along. */
export interface EntityLoaderDefinition<Source, Key, Row> extends Definition<Source, EntityLoader<Key, Row>> {
  readonly table: string;
  readonly subject: Subject;
  keyOf(row: Row): Key;
  /** What depends on a row depends on these. */
  tagsOfRow(row: Row, own: Partition): readonly Tag[];
  prime(reader: Reader<Source>, key: Key, entry: Entry<Row | null>): void;
  /**
   * Write-through, for who asks for it: the row as the transaction has written it, whole, as `batch` would load it. To be
   * handed to the transaction, which stores it after its commit and its invalidation.
   */
  committed(row: Row): WriteThrough<Source>;
}

/**
 * Rows by key: request memo -> entity cache -> one batched query, and back. A module constant; read with `reader.load(it)`.
 */
export function defineEntityLoader<Source, Key extends TagValue, Row extends object>(
  definition: EntityDefinition<Source, Key, Row>,
): EntityLoaderDefinition<Source, Key, Row> {
  const { name, policy } = definition;
  const subject: Subject = {
    layer: 'entity',
    name,
    version: definition.version,
    ...(policy.profile === undefined ? {} : { profile: policy.profile }),
  };
  const keyRead = keyReadOf(definition);
  const alsoReads = definition.alsoReads ?? [];
  const rowReads = definition.rowReads ?? [];
  declareReads(alsoReads);
  declareReads(rowReads);
  if (definition.byRow === false) declareReads([keyRead]);
  else declareRowKey(definition.table, definition.keyColumn);
  definitions.declare(() => factsOfLoader(definition));

  const tagsOf = (of: Partition, key: Key): readonly Tag[] => {
    const own =
      definition.byRow === false
        ? tagsOfRead(keyRead, { of, ask: key })
        : [tags.row(of, definition.table, key), tags.everyRow(of, definition.table)];
    return [...own, ...alsoReads.flatMap((read) => tagsOfRead(read, { of: partitionOf(read, of), ask: key }))];
  };

  const tagsOfRow = (of: Partition, row: Row): readonly Tag[] => [
    ...tagsOf(of, definition.keyOf(row)),
    ...rowReads.flatMap((read) => tagsOfRowRead(read, partitionOf(read, of), row)),
  ];

  const tagsFor = (of: Partition, key: Key, row: Row | null): readonly Tag[] => (row === null ? tagsOf(of, key) : tagsOfRow(of, row));

  const toLoaded = (of: Partition, key: Key, row: Row | null): Loaded<Row | null> => {
    const collector = new Collector(of);
    for (const tag of tagsFor(of, key, row)) collector.tag(tag);
    if (row === null) collector.restrict({ maxAge: NEGATIVE_MAX_AGE });
    return { value: row, collector };
  };

  // What is never stored needs no key for each row, and no tags unless somebody asks for them.
  const isStored = policy.maxAge > 0;
  const batches = new GatheredBatches<Source, Key, Row>(definition);

  const makeMemo = (reader: Reader<Source>, of: Partition): DataLoader<Key, Entry<Row | null>> => {
    const { cache, request } = reader;
    const common: Lookup | null = isStored ? null : { identity: cache.identities.of(subject, of, null), policy };
    return new DataLoader<Key, Entry<Row | null>>((keys) => {
      const lookups: Lookup[] = keys.map((key) => common ?? { identity: cache.identities.of(subject, of, key), policy });
      return cache.readMany<Row | null>(request, lookups, async (missing) => {
        const wanted = missing.map((at) => keys[at] as Key);
        const byKey = await batches.rows(reader, of, wanted);
        const collector = isStored ? null : new Collector(of, false);
        return wanted.map((key): Loaded<Row | null> => {
          const value = byKey.get(key) ?? null;
          return collector === null ? toLoaded(of, key, value) : { value, collector, tagsLater: () => tagsFor(of, key, value) };
        });
      });
    });
  };

  const memoOf = (reader: Reader<Source>): DataLoader<Key, Entry<Row | null>> => {
    const of = reader.partitionFor(definition.partition, name);
    return reader.request.memo({ owner: definition, of }, () => makeMemo(reader, of));
  };

  return {
    name,
    partition: definition.partition,
    table: definition.table,
    subject,
    keyOf: definition.keyOf,
    tagsOfRow: (row, own) => tagsOfRow(partitionOf(definition, own), row),
    committed: (row) => async (reader, committed) => {
      const of = reader.partitionFor(definition.partition, name);
      const key = definition.keyOf(row);
      const value = { identity: reader.cache.identities.of(subject, of, key), policy, ...toLoaded(of, key, row) };
      await reader.cache.writeThrough(reader.request, [value], committed);
    },
    prime: (reader, key, entry) => {
      memoOf(reader).prime(key, entry);
    },
    bind(reader) {
      const take = (entry: Entry<Row | null>): Row | null => reader.take(entry);
      return {
        load(key) {
          // Where it belongs to a partition and there is none, it rejects like any other load.
          try {
            return memoOf(reader).load(key).then(take);
          } catch (error) {
            return Promise.reject(asError(error));
          }
        },
        loadMany: async (keys) => {
          const memo = memoOf(reader);
          return (await Promise.all(keys.map((key) => memo.load(key)))).map(take);
        },
      };
    },
  };
}
