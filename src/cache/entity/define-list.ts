import { canonical } from '../../lib/canonical.js';
import type { Loaded } from '../core/cache.js';
import { Collector } from '../core/collector.js';
import type { Entry } from '../core/entry.js';
import type { Subject } from '../core/key.js';
import type { Policy } from '../core/policy.js';
import type { Definition, Reader } from '../core/reader.js';
import type { Partition, Tag } from '../core/tags.js';
import { definitions, factsOfList } from './definitions.js';
import { declareReads, partitionOf, tagsOfRead, tagsOfRowRead, type ListRead, type RowRead } from './reads.js';

export interface ListDefinition<Source, Ask, Answer> {
  readonly name: string;
  /** Whose rows: the reader's own partition, or those that all share. */
  readonly partition: 'own' | 'global';
  readonly policy: Policy;
  /** Changes with the columns and the meaning of the answer: entries of another shape are other keys (P5). */
  readonly version: string;
  /** Every table that the query names, with the equality conditions it puts on them (F6). */
  readonly reads: readonly ListRead<Ask, Answer>[];
  /** Who answers for changes of its tables that no trigger captures, where there are such. */
  readonly invalidatedBy?: string;
  /** Rows that no condition of `reads` covers: those of joined tables, known only from the answer. */
  readonly rowReads?: readonly RowRead<Answer>[];
  readonly query: (source: Source, ask: Ask) => Promise<Answer>;
  /** Hands rows of the answer to loaders' memos, so that nobody asks for them again in this operation. */
  readonly primes?: (answer: Answer, prime: Prime<Source>) => void;
}

/** Gives a row that a list brought along to a loader. */
export type Prime<Source> = <Row>(
  loader: {
    readonly table: string;
    keyOf(row: Row): unknown;
    tagsOfRow(row: Row, own: Partition): readonly Tag[];
    prime(reader: Reader<Source>, key: never, entry: Entry<Row | null>): void;
  },
  rows: readonly Row[],
) => void;

export interface ListLoader<Ask, Answer> {
  load(ask: Ask): Promise<Answer>;
}

/**
 * Lists, counts, aggregates and searches: whatever is no look-up by key. Memo of the request -> list cache -> query.
 * A module constant; read with `reader.load(it).load(arguments)`.
 */
export function defineList<Source, Ask, Answer>(
  definition: ListDefinition<Source, Ask, Answer>,
): Definition<Source, ListLoader<Ask, Answer>> & { readonly subject: Subject; readonly reads: readonly ListRead<Ask, Answer>[] } {
  const { name, policy, reads, rowReads = [] } = definition;
  const subject: Subject = {
    layer: 'list',
    name,
    version: definition.version,
    ...(policy.profile === undefined ? {} : { profile: policy.profile }),
  };
  declareReads(reads);
  declareReads(rowReads);
  // Of these tables a change of a row that the answer holds is told by the row's own tag.
  const narrow = new Set(reads.filter(({ columns }) => columns !== undefined).map(({ table }) => table));
  definitions.declare(() => factsOfList(definition));

  const loadEntry = (reader: Reader<Source>, of: Partition, ask: Ask): Promise<Entry<Answer>> => {
    const identity = reader.cache.identities.of(subject, of, ask);
    return reader.cache.read(reader.request, { identity, policy }, async (): Promise<Loaded<Answer>> => {
      const collector = new Collector(of);
      const value = await definition.query(reader.sources(of), ask);
      for (const read of reads) {
        for (const tag of tagsOfRead(read, { of: partitionOf(read, of), ask, answer: value })) collector.tag(tag);
      }
      for (const read of rowReads) {
        for (const tag of tagsOfRowRead(read, partitionOf(read, of), value)) collector.tag(tag);
      }
      definition.primes?.(value, (loader, rows) => {
        if (!narrow.has(loader.table)) return;
        for (const row of rows) for (const tag of loader.tagsOfRow(row, of)) collector.tag(tag);
      });
      return { value, collector };
    });
  };

  return {
    name,
    partition: definition.partition,
    subject,
    reads,
    bind(reader) {
      return {
        async load(ask) {
          const { request } = reader;
          const of = reader.partitionFor(definition.partition, name);
          const memo = request.memo({ owner: definition, of }, () => new Map<string, Promise<Entry<Answer>>>());
          const { generation } = request;
          const key = canonical(ask, 'outer');
          let loading = memo.get(key);
          if (loading === undefined) memo.set(key, (loading = loadEntry(reader, of, ask)));
          const entry = await loading;
          const answer = reader.take(entry);
          // Read before a transaction of this request: its rows are not what the request sees now (F7).
          if (request.generation !== generation) return answer;
          definition.primes?.(answer, (loader, rows) => {
            // What the row depends on, the list does: it lends its entry.
            for (const row of rows) loader.prime(reader, loader.keyOf(row) as never, { ...entry, value: row });
          });
          return answer;
        },
      };
    },
  };
}
