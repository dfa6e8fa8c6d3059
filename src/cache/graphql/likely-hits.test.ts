import { describe, expect, it } from 'vitest';
import { SmallWorld } from '../../../test/support/small-world.js';
import type { EntryStore } from '../core/store.js';
import { LookupsUnderWay } from '../stores/lookups-under-way.js';

/** What is stored is far away: each look-up is answered when the test says so, and can be joined until then. */
function faraway(world: SmallWorld, wereThere = false): { readonly asked: string[][]; answer(): Promise<void> } {
  const asked: string[][] = [];
  const waiting: (() => void)[] = [];
  const underWay = new LookupsUnderWay();
  const store = world.cache.store as { getMany: EntryStore['getMany']; likely?: EntryStore['likely'] };
  const { getMany } = store;
  const look: EntryStore['getMany'] = async (keys) => {
    asked.push([...keys]);
    const found = await getMany.call(store, keys);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return found;
  };
  store.getMany = (keys, asking = {}) => underWay.ask(keys, asking, (places) => look(places.map((at) => keys[at] as (typeof keys)[number])));
  store.likely = (keys, budget, use) =>
    underWay.join(keys, budget, use) ?? (wereThere ? (underWay.begin(keys, budget, () => look(keys))?.then(use) ?? null) : null);
  return {
    asked,
    answer: async () => {
      for (const each of waiting.splice(0)) each();
      await settled();
    },
  };
}

/** Everything that waits for no timer and no socket has been done. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
}

const SOURCE = '{ thing(id: 1) { id name } }';
const FIRST = { thing: { id: '1', name: 'first of a' } };

describe('pieces that most likely are stored', () => {
  it('C2 are looked up by who asks first, without a read; when they are missing, that one loads them', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { asked, answer } = faraway(world, true);
    const looked = async () => {
      const answers = [1, 2].map(() => world.pieces(SOURCE));
      await settled();
      await answer();
      return answers;
    };
    const found = (await Promise.all(await looked())).map((each) => each?.[0]);
    expect(found.map((piece) => [piece?.isHit, piece?.json, piece?.events])).toEqual([1, 2].map(() => [true, JSON.stringify(FIRST.thing), []]));
    world.entries.clear();
    world.executed.length = 0;
    let release: () => void = () => undefined;
    world.held = new Promise<void>((resolve) => (release = resolve));
    const told: string[] = [];
    world.cache.events.on(({ type }) => told.push(type));
    const answers = await looked();
    expect(world.executed).toEqual(['thing']);
    release();
    const loaded = (await Promise.all(answers)).map((each) => each?.[0]);
    expect(loaded.map((piece) => [piece?.isHit, piece?.json])).toEqual([1, 2].map(() => [false, JSON.stringify(FIRST.thing)]));
    expect(told.filter((type) => type === 'miss' || type === 'load' || type === 'join').sort()).toEqual(['join', 'load', 'miss', 'miss']);
    expect(asked).toHaveLength(2);
  });

  it('C2 are looked up once, and are hits for all who ask for them', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const hits: number[] = [];
    world.cache.events.on((event) => event.type === 'hit' && hits.push(event.age));
    const { asked, answer } = faraway(world);
    const answers = [1, 2, 3].map(() => world.pieces(SOURCE));
    await settled();
    expect(asked).toHaveLength(1);
    await answer();
    const pieces = (await Promise.all(answers)).map((each) => each?.[0]);
    expect(pieces.map((piece) => [piece?.isHit, piece?.json])).toEqual([1, 2, 3].map(() => [true, JSON.stringify(FIRST.thing)]));
    // The first has gone through a read, which notes what happened; the others have not.
    expect(pieces.map((piece) => piece?.events.length)).toEqual([1, 0, 0]);
    expect(hits).toHaveLength(3);
    // What is under way no more is asked for anew.
    const later = world.ask(SOURCE);
    await settled();
    await answer();
    expect((await later).data).toEqual(FIRST);
    expect(asked).toHaveLength(2);
  });

  it('are waited for with several others, and not by who asks for one that nobody looks up', async () => {
    const world = new SmallWorld();
    const both = '{ thing(id: 1) { id } unhinted: thing(id: 2) { id } }';
    await world.ask(both);
    const { asked, answer } = faraway(world);
    const answers = [world.ask(both), world.ask(both), world.ask('{ thing(id: 1) { id } other: thing(id: 3) { id } }')];
    await settled();
    expect(asked.map((keys) => keys.length)).toEqual([2, 1]);
    await answer();
    const [first, second, third] = await Promise.all(answers);
    expect(second).toEqual({ data: first?.data, executed: [] });
    expect(third?.data).toEqual({ thing: { id: '1' }, other: { id: '3' } });
  });

  it('P2 are not taken from who belongs to another partition', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { asked, answer } = faraway(world);
    const answers = [world.ask(SOURCE), world.ask(SOURCE, { of: 'b' })];
    await settled();
    expect(asked).toHaveLength(2);
    await answer();
    expect((await Promise.all(answers)).map(({ data }) => data)).toEqual([FIRST, { thing: { id: '1', name: 'first of b' } }]);
  });

  it('F2 are judged by each who is to be served by what was found', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { asked, answer } = faraway(world);
    const answers = [world.ask(SOURCE), world.ask(SOURCE), world.ask(SOURCE)];
    await settled();
    // A change at the latest moment: one of them has just been served.
    const end = world.cache.events.on((event) => {
      end();
      if (event.type === 'hit') void world.change('second');
    });
    await answer();
    const came = (await Promise.all(answers)).map(({ data }) => data);
    expect(came.filter((data) => JSON.stringify(data) === JSON.stringify(FIRST))).toHaveLength(1);
    expect(came.filter((data) => JSON.stringify(data).includes('second of a'))).toHaveLength(2);
    expect(asked).toHaveLength(1);
  });

  it('C2 are loaded by who has looked them up, when they are missing: the others join its load, and look nothing up again', async () => {
    const world = new SmallWorld();
    const { asked, answer } = faraway(world);
    let release: () => void = () => undefined;
    world.held = new Promise<void>((resolve) => (release = resolve));
    const told: string[] = [];
    world.cache.events.on(({ type }) => told.push(type));
    const answers = [world.ask(SOURCE), world.ask(SOURCE), world.ask(SOURCE)];
    await settled();
    await answer();
    expect(world.executed).toEqual(['thing']);
    release();
    for (const { data } of await Promise.all(answers)) expect(data).toEqual(FIRST);
    expect(world.executed).toEqual(['thing']);
    expect(asked).toHaveLength(1);
    expect(told.filter((type) => type === 'join')).toHaveLength(2);
  });

  it('are told to be over, each by its own judgement, as if each had looked them up', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { asked, answer } = faraway(world);
    const answers = [world.pieces(SOURCE), world.pieces(SOURCE)];
    await settled();
    world.now += 60_000;
    await answer();
    for (const pieces of await Promise.all(answers)) expect(pieces?.[0]?.events[0]).toMatchObject({ type: 'miss', reason: 'expired' });
    expect(asked).toHaveLength(1);
  });
});
