import { CacheError } from '../core/errors.js';
import type { Policy } from '../core/policy.js';
import type { Reader, Sources } from '../core/reader.js';
import { seal } from '../core/seal.js';
import type { Partition } from '../core/tags.js';

/** A batch takes no more keys than this; who comes later begins another. */
const MAX_KEYS = 1_000;

/** What is asked of one loader in one turn of the event loop. */
interface Gathering<Key, Row> {
  readonly keys: Set<Key>;
  /** Those that several ask for. */
  readonly repeated: Set<Key>;
  askers: number;
  readonly rows: Promise<Rows<Key, Row>>;
}

export type Rows<Key, Row> = ReadonlyMap<Key, Row>;

interface Batching<Source, Key, Row> {
  readonly name: string;
  readonly policy: Policy;
  readonly batch: (source: Source, keys: readonly Key[]) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => Key;
}

/**
 * What several requests are missing at the same moment is asked for with one query: the loads of one turn of the event loop, of
 * one partition. It is sent after all of them have begun, so that none of them sees less than by a query of its own, and each
 * stores what it gets under its own, earlier stamp (F1). Whoever bypasses the cache shares nothing, and asks alone.
 */
export class GatheredBatches<Source, Key, Row> {
  readonly #open = new WeakMap<Sources<Source>, Map<Partition, Gathering<Key, Row>>>();
  /** PRIVATE rows are asked for by their viewer alone. Cleared for good by rows that nobody may share. */
  #gathers: boolean;

  constructor(private readonly definition: Batching<Source, Key, Row>) {
    this.#gathers = definition.policy.scope === 'PUBLIC';
  }

  async rows(reader: Reader<Source>, of: Partition, keys: readonly Key[]): Promise<Rows<Key, Row>> {
    const { cache, request } = reader;
    const { endOfTurn } = cache;
    if (!this.#gathers || request.bypass || endOfTurn === null) return this.#query(reader, of, keys);
    const gathering = this.#gatheringFor(reader, of, endOfTurn);
    gathering.askers++;
    for (const key of keys) (gathering.keys.has(key) ? gathering.repeated : gathering.keys).add(key);
    try {
      const rows = await gathering.rows;
      if (this.#gathers || gathering.askers === 1) return rows;
    } catch (error) {
      // When the source is failing, it is failing for each of them.
      if (gathering.askers === 1 || cache.isSourceFailure(error)) throw error;
    }
    // One has asked for what the source refuses, and fails alone; or the rows are no plain data.
    return this.#query(reader, of, keys);
  }

  #gatheringFor(reader: Reader<Source>, of: Partition, endOfTurn: (work: () => void) => void): Gathering<Key, Row> {
    const { sources } = reader;
    let byPartition = this.#open.get(sources);
    if (byPartition === undefined) this.#open.set(sources, (byPartition = new Map<Partition, Gathering<Key, Row>>()));
    const open = byPartition.get(of);
    if (open !== undefined && open.keys.size < MAX_KEYS) return open;
    const gatherings = byPartition;
    const keys = new Set<Key>();
    const repeated = new Set<Key>();
    const rows = new Promise<void>((resolve) => endOfTurn(resolve)).then(async () => {
      if (gatherings.get(of) === gathering) gatherings.delete(of);
      const found = await this.#query(reader, of, [...keys]);
      this.#sealShared(found, repeated);
      return found;
    });
    const gathering: Gathering<Key, Row> = { keys, repeated, askers: 0, rows };
    gatherings.set(of, gathering);
    return gathering;
  }

  async #query(reader: Reader<Source>, of: Partition, keys: readonly Key[]): Promise<Rows<Key, Row>> {
    const { batch, keyOf } = this.definition;
    const rows = new Map<Key, Row>();
    for (const row of await batch(reader.sources(of), keys)) rows.set(keyOf(row), row);
    this.#refuseOtherKeys(keys, rows);
    return rows;
  }

  /**
   * Refuses a batch with a row of an unrequested key where a requested key has no row: most likely the same key in another
   * spelling (a number for its text, other capitals). The requested key would be cached as missing.
   */
  #refuseOtherKeys(keys: readonly Key[], rows: Rows<Key, Row>): void {
    const missing = keys.find((key) => !rows.has(key));
    if (missing === undefined || rows.size === 0) return;
    const asked = new Set(keys);
    for (const key of rows.keys()) {
      if (asked.has(key)) continue;
      const { name } = this.definition;
      throw new CacheError('CACHE_LOADER_KEYS', `${name} was asked for ${spelling(missing)} and brought a row with ${spelling(key)}: \`keyOf\` has to give keys as they were asked for`);
    }
  }

  /** What is stored is sealed when it is. What is not is sealed here, whether or not several get it: nobody finds a difference. */
  #sealShared(rows: Rows<Key, Row>, repeated: ReadonlySet<Key>): void {
    const isStored = this.definition.policy.maxAge > 0;
    for (const [key, row] of rows) {
      const isShared = repeated.has(key);
      if ((isShared || !isStored) && seal(row) === null && isShared) this.#gathers = false;
    }
  }
}

/** A key with its type, since keys of different types may read alike. */
function spelling(key: unknown): string {
  return `${typeof key === 'string' ? JSON.stringify(key) : String(key)} (${typeof key})`;
}
