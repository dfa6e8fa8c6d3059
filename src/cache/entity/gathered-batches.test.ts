import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Cache } from '../core/cache.js';
import type { Policy } from '../core/policy.js';
import { Reader } from '../core/reader.js';
import { partition, tags, type Partition } from '../core/tags.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { defineEntityLoader } from './define-entity-loader.js';

interface Row {
  readonly id: string;
  readonly of: Partition;
  made?: unknown;
}

const own = partition('own');
const other = partition('other');
const DAY: Policy = { maxAge: 86_400_000, staleWhileRevalidate: 0, scope: 'PUBLIC' };
const LIVE: Policy = { ...DAY, maxAge: 0 };

let loaders = 0;

/** Loads go to a source that writes down what it is asked; turns of the event loop end when the test says so. */
async function setUp({ policy = DAY, rowOf = (id: string, of: Partition): Row => ({ id, of }), isSourceFailure = false } = {}) {
  const clock = { now: () => 1000 };
  const ledger = new MemoryLedger({ clock });
  const { store } = await openStores({ redis: null, memoryBytes: 1e7, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const turn: (() => void)[] = [];
  const cache = new Cache({
    store, ledger, prefix: 'test', databaseId: 'd', enabled: true,
    isSourceFailure: () => isSourceFailure,
    endOfTurn: (work) => void turn.push(work),
    onBackgroundError: () => undefined,
  });
  const asked: { readonly of: Partition; readonly ids: readonly string[] }[] = [];
  const byId = defineEntityLoader<Partition, string, Row>({
    name: `gathered${++loaders}`,
    table: `gathered_rows_${loaders}`,
    partition: 'own',
    policy,
    version: '1',
    keyColumn: 'id',
    batch: (of, ids) => {
      asked.push({ of, ids: [...ids] });
      return ids.includes('refused') ? Promise.reject(new Error('refused')) : Promise.resolve(ids.filter((id) => id !== 'absent').map((id) => rowOf(id, of)));
    },
    keyOf: ({ id }) => id,
  });
  const sources = (of: Partition): Partition => of;
  const begin = (of: Partition = own, bypass = false): Reader<Partition> => new Reader({ cache, request: cache.begin({ bypass }), partition: of, sources });
  /** Everybody has asked, and what they asked for has come. */
  const settle = async <T>(asking: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> => {
    const all = Promise.allSettled(asking);
    let isOver = false;
    void all.then(() => (isOver = true));
    while (!isOver) {
      await new Promise(setImmediate);
      for (const work of turn.splice(0)) work();
    }
    return all;
  };
  const read = async (...asking: readonly Promise<Row | null>[]): Promise<unknown[]> =>
    (await settle(asking)).map((each) => (each.status === 'fulfilled' ? each.value && `${each.value.id} of ${each.value.of}` : String(each.reason)));
  return { cache, ledger, byId, asked, begin, read, settle, tagOf: (id: string) => tags.row(own, byId.table, id) };
}

describe('loads of one turn of the event loop', () => {
  it('C2 of several requests are one query, and each gets what it asked for', async () => {
    const { byId, asked, begin, read } = await setUp();
    const [a, b] = [begin(), begin()];
    expect(await read(a.load(byId).load('1'), b.load(byId).load('2'), a.load(byId).load('absent'), b.load(byId).load('1'))).toEqual(['1 of own', '2 of own', null, '1 of own']);
    expect(asked).toEqual([{ of: own, ids: ['1', 'absent', '2'] }]);
    expect(await read(begin().load(byId).load('2'))).toEqual(['2 of own']);
    expect(asked).toHaveLength(1);
  });

  it('P2 are one partition\'s each', async () => {
    const { byId, asked, begin, read } = await setUp();
    expect(await read(begin(own).load(byId).load('1'), begin(other).load(byId).load('1'), begin(own).load(byId).load('2'))).toEqual(['1 of own', '1 of other', '2 of own']);
    expect(asked).toEqual([{ of: own, ids: ['1', '2'] }, { of: other, ids: ['1'] }]);
  });

  it('F1 are stored under the stamp of the request that began them, not of the last', async () => {
    const { byId, asked, begin, read, ledger, tagOf } = await setUp();
    const early = begin();
    await ledger.invalidate([tagOf('1'), tagOf('2')]);
    const late = begin();
    await read(early.load(byId).load('1'), late.load(byId).load('2'));
    expect(asked).toHaveLength(1);
    await read(begin().load(byId).load('1'), begin().load(byId).load('2'));
    expect(asked.slice(1).map(({ ids }) => ids)).toEqual([['1']]);
  });

  it('fail alone where one asks for what the source refuses', async () => {
    const { byId, asked, begin, read } = await setUp();
    expect(await read(begin().load(byId).load('1'), begin().load(byId).load('refused'), begin().load(byId).load('2'))).toEqual(['1 of own', 'Error: refused', '2 of own']);
    expect(asked.map(({ ids }) => ids)).toEqual([['1', 'refused', '2'], ['1'], ['refused'], ['2']]);
  });

  it('fail together where the source is failing: it is not asked once more by each', async () => {
    const { byId, asked, begin, read } = await setUp({ isSourceFailure: true });
    expect(await read(begin().load(byId).load('1'), begin().load(byId).load('refused'))).toEqual(['Error: refused', 'Error: refused']);
    expect(asked).toHaveLength(1);
  });

  it('P4 are asked alone where rows are PRIVATE, and where the cache is bypassed', async () => {
    const secret = await setUp({ policy: { ...LIVE, scope: 'PRIVATE' } });
    await secret.read(secret.begin().load(secret.byId).load('1'), secret.begin().load(secret.byId).load('1'));
    expect(secret.asked).toHaveLength(2);
    const { byId, asked, begin, read } = await setUp();
    await read(begin(own, true).load(byId).load('1'), begin(own, true).load(byId).load('2'), begin().load(byId).load('3'));
    expect(asked.map(({ ids }) => ids)).toEqual([['1'], ['2'], ['3']]);
  });

  it('P4 of what is never stored are one query, too, and nobody can change what the others get', async () => {
    const { byId, asked, begin, settle } = await setUp({ policy: LIVE });
    const found = await settle([begin().load(byId).load('1'), begin().load(byId).load('1'), begin().load(byId).load('2')]);
    expect(asked).toEqual([{ of: own, ids: ['1', '2'] }]);
    expect(found.map((each) => each.status === 'fulfilled' && Object.isFrozen(each.value))).toEqual([true, true, true]);
  });

  it('P4 are given up where rows are no plain data: each has its own', async () => {
    const { byId, asked, begin, settle } = await setUp({ policy: LIVE, rowOf: (id, of) => ({ id, of, made: new Date(0) }) });
    const [a, b] = await settle([begin().load(byId).load('1'), begin().load(byId).load('1')]);
    expect(asked.map(({ ids }) => ids)).toEqual([['1'], ['1'], ['1']]);
    expect(a).toEqual(b);
    expect(a?.status === 'fulfilled' && b?.status === 'fulfilled' && a.value === b.value).toBe(false);
    asked.length = 0;
    await settle([begin().load(byId).load('1'), begin().load(byId).load('1')]);
    expect(asked).toHaveLength(2);
  });

  it('F6 fail where a row comes back under another spelling of its key, and nothing is remembered', async () => {
    const { byId, asked, begin, read } = await setUp({ rowOf: (id, of) => ({ id: Number(id) as unknown as string, of }) });
    const message = (id: number): string => `CacheError: ${byId.name} was asked for "${id}" (string) and brought a row with ${id} (number): \`keyOf\` has to give keys as they were asked for`;
    expect(await read(begin().load(byId).load('1'))).toEqual([message(1)]);
    expect(await read(begin().load(byId).load('1'))).toEqual([message(1)]);
    expect(asked.map(({ ids }) => ids)).toEqual([['1'], ['1']]);
  });

  it('C4 are several queries where they are very many', async () => {
    const { byId, asked, begin, settle } = await setUp();
    const many = (from: number): string[] => Array.from({ length: 700 }, (_, at) => `${from + at}`);
    await settle([begin().load(byId).loadMany(many(0)), begin().load(byId).loadMany(many(1000)), begin().load(byId).loadMany(many(2000))]);
    expect(asked.map(({ ids }) => ids.length)).toEqual([1400, 700]);
  });
});
