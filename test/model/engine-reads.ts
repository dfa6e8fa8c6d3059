import type { Loaded, Lookup } from '../../src/cache/core/cache.js';
import { Collector } from '../../src/cache/core/collector.js';
import type { Committed } from '../../src/cache/core/committed.js';
import type { Entry } from '../../src/cache/core/entry.js';
import type { Identity, Subject } from '../../src/cache/core/key.js';
import type { Policy } from '../../src/cache/core/policy.js';
import type { CacheRequest } from '../../src/cache/core/request.js';
import { GLOBAL, partition, tags, type Partition, type Tag } from '../../src/cache/core/tags.js';
import { partitionOf, ROWS, tagOf, type Row, type Versions } from './database.js';
import type { EngineNode } from './engine-node.js';

/** Longer than any world lasts: what ends entries here is what is written. */
const POLICY: Policy = { maxAge: 100 * 60 * 60 * 1000, staleWhileRevalidate: 0, scope: 'PUBLIC' };
const ROW: Subject = { layer: 'entity', name: 'row', version: '1' };
const LIST: Subject = { layer: 'list', name: 'rows', version: '1' };
const SHOP = partition('shop');

/** What the database failed to give: an error is an answer, too, and shows nothing old. */
class LoadFailed extends Error {}

/** Reads of a node through its cache: single rows, and a list of all of them made from single rows. */
export class EngineReads {
  readonly #identities = new Map<string, Identity>();

  constructor(private readonly node: EngineNode) {}

  /** The identity of what was asked for under a key. */
  identityOf(key: string): Identity | undefined {
    return this.#identities.get(key);
  }

  /** What a client asks for: mostly the list. Null when the database failed. */
  async anything(request: CacheRequest): Promise<Entry<Versions> | null> {
    const { random } = this.node.world;
    try {
      return await (random.chance(0.7) ? this.#list(request) : this.#row(request, random.pick(ROWS)));
    } catch (error) {
      if (error instanceof LoadFailed) return null;
      throw error;
    }
  }

  /** Stores the rows that a transaction has written. */
  async writeThrough(request: CacheRequest, versions: Versions, committed: Committed): Promise<void> {
    const values = ROWS.filter((row) => versions[row] !== undefined).map((row) => ({
      ...this.#lookup(ROW, partitionOfRow(row), row),
      ...loaded(row, { [row]: versions[row] }),
    }));
    await this.node.cache.writeThrough(request, values, committed);
  }

  #list(request: CacheRequest): Promise<Entry<Versions>> {
    const { cache, world } = this.node;
    return cache.read(request, this.#lookup(LIST, SHOP, 'all'), async () => {
      const collector = new Collector(SHOP);
      const entries = world.random.chance(0.5) ? await this.#rowsTogether(request) : await this.#rowsInTurn(request);
      for (const entry of entries) collector.add(entry, cache.ledger.now());
      return { value: Object.assign({}, ...entries.map(({ value }) => value)) as Versions, collector };
    });
  }

  async #rowsInTurn(request: CacheRequest): Promise<readonly Entry<Versions>[]> {
    const entries: Entry<Versions>[] = [];
    for (const row of ROWS) {
      entries.push(await this.#row(request, row));
      await this.node.pause();
    }
    return entries;
  }

  async #rowsTogether(request: CacheRequest): Promise<readonly Entry<Versions>[]> {
    const lookups = ROWS.map((row) => this.#lookup(ROW, partitionOfRow(row), row));
    const answers = await this.node.cache.readMany(request, lookups, (missing) => this.#load(missing.map((at) => ROWS[at] ?? 0)));
    return answers.map((answer) => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  }

  #row(request: CacheRequest, row: Row): Promise<Entry<Versions>> {
    return this.node.cache.read(request, this.#lookup(ROW, partitionOfRow(row), row), async () => {
      const [loaded] = await this.#load([row]);
      if (loaded === undefined) throw new LoadFailed();
      return loaded;
    });
  }

  /** One query, which sees the database at one moment, and takes its time before and after. */
  async #load(rows: readonly Row[]): Promise<readonly Loaded<Versions>[]> {
    const { node } = this;
    const { database, random } = node.world;
    await node.pause();
    if (random.chance(0.02)) throw new LoadFailed();
    const found = rows.map((row) => loaded(row, database.read([row])));
    for (let slow = random.below(4); slow > 0; slow--) await node.pause();
    return found;
  }

  #lookup(subject: Subject, of: Partition, about: unknown): Lookup {
    const identity = this.node.cache.identities.of(subject, of, about);
    this.#identities.set(identity.key, identity);
    return { identity, policy: POLICY };
  }
}

function loaded(row: Row, value: Versions): Loaded<Versions> {
  const of = partitionOfRow(row);
  const collector = new Collector(of);
  // As whatever read a table does: of many changes only the table is told.
  collector.tag(tags.everyRow(of, 'rows'));
  collector.tag(tagOf(row) as Tag);
  return { value, collector };
}

function partitionOfRow(row: Row): Partition {
  return partitionOf(row) === 'global' ? GLOBAL : SHOP;
}
