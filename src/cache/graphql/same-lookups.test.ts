import { describe, expect, it } from 'vitest';
import { SmallWorld } from '../../../test/support/small-world.js';
import type { Entry } from '../core/entry.js';
import { LookupBudget } from '../core/lookup-budget.js';
import type { EntryStore } from '../core/store.js';
import { SameLookups } from './same-lookups.js';

/** What is stored is far away: each look-up is answered when the test says so. */
function faraway(world: SmallWorld): { readonly asked: string[][]; answer(): Promise<void> } {
  const asked: string[][] = [];
  const waiting: (() => void)[] = [];
  const { store } = world.cache as { readonly store: { getMany: EntryStore['getMany'] } };
  const { getMany } = store;
  store.getMany = async (keys, asking) => {
    asked.push([...keys]);
    const found = await getMany.call(store, keys, asking);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return found;
  };
  return {
    asked,
    answer: async () => {
      for (const each of waiting.splice(0)) each();
      await settled();
    },
  };
}

/** Everything that waits for no timer and no socket has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const SOURCE = '{ thing(id: 1) { id name } }';
const FIRST = { thing: { id: '1', name: 'first of a' } };

describe('the same pieces, asked for while they are looked up', () => {
  it('are looked up once, and are hits for all who asked', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const hits: number[] = [];
    world.cache.events.on((event) => event.type === 'hit' && hits.push(event.age));
    const { asked, answer } = faraway(world);
    const answers = [1, 2, 3].map(() => world.ask(SOURCE));
    await settled();
    expect(asked).toHaveLength(1);
    await answer();
    for (const { data, executed } of await Promise.all(answers)) expect({ data, executed }).toEqual({ data: FIRST, executed: [] });
    expect(hits).toHaveLength(3);
    // What is under way no more is asked for anew.
    const later = world.ask(SOURCE);
    await settled();
    await answer();
    expect((await later).data).toEqual(FIRST);
    expect(asked).toHaveLength(2);
  });

  it('are not taken from who asked for others as well, or as somebody else', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { asked, answer } = faraway(world);
    const answers = [world.ask(SOURCE), world.ask('{ thing(id: 2) { id name } }'), world.ask(SOURCE, { of: 'b' })];
    await settled();
    expect(asked).toHaveLength(3);
    await answer();
    expect((await Promise.all(answers)).map(({ data }) => data)).toEqual([FIRST, { thing: { id: '2', name: 'first of a' } }, { thing: { id: '1', name: 'first of b' } }]);
  });

  it('F2: are judged by each who is to be served by what was found', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    const { answer } = faraway(world);
    const answers = [world.ask(SOURCE), world.ask(SOURCE)];
    await settled();
    // A change at the latest moment: the first has just been served.
    const end = world.cache.events.on((event) => {
      end();
      if (event.type === 'hit') void world.change('second');
    });
    await answer();
    await answer();
    const [first, second] = await Promise.all(answers);
    expect(first?.data).toEqual(FIRST);
    expect(second?.data).toEqual({ thing: { id: '1', name: 'second of a' } });
  });

  it('are waited for, and their load is not: who finds nothing asks as if it had not waited', async () => {
    const world = new SmallWorld();
    const { asked, answer } = faraway(world);
    let release: () => void = () => undefined;
    world.held = new Promise<void>((resolve) => (release = resolve));
    const answers = [world.ask(SOURCE), world.ask(SOURCE)];
    await settled();
    expect(asked).toHaveLength(1);
    // Nothing is there: the first loads, and the second looks for itself at once.
    await answer();
    expect(asked).toHaveLength(2);
    await answer();
    release();
    for (const { data } of await Promise.all(answers)) expect(data).toEqual(FIRST);
    expect(world.executed).toEqual(['thing']);
  });
});

describe('a look-up that others may join', () => {
  const entries: readonly Entry<string>[] = [];

  it('is none for who has waited before: its deadline is nearer', async () => {
    const same = new SameLookups<string>();
    const tell = same.announce('a');
    const budget = new LookupBudget();
    const joined = same.join('a', budget, (found) => found);
    expect(joined).not.toBeNull();
    expect(same.join('b', new LookupBudget(), (found) => found)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 2));
    tell(entries);
    expect(await joined).toBe(entries);
    expect(budget.spent).toBeGreaterThan(0);
    same.announce('a');
    expect(same.join('a', budget, (found) => found)).toBeNull();
  });

  it('tells once, and is over then', async () => {
    const same = new SameLookups<string>();
    const tell = same.announce('a');
    const joined = same.join('a', new LookupBudget(), (found) => found);
    tell(null);
    tell(entries);
    expect(await joined).toBeNull();
    expect(same.join('a', new LookupBudget(), (found) => found)).toBeNull();
  });
});
