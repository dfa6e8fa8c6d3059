import { describe, expect, it } from 'vitest';
import { SmallWorld, type Asking } from '../../../test/support/small-world.js';
import { explain } from './explain.js';

const names = async (world: SmallWorld, source: string, asking?: Asking): Promise<readonly string[]> => (await world.ask(source, asking)).executed;

describe('pieces of a response', () => {
  it('are stored on their own: only those missing are executed, and the answer is as if all had been', async () => {
    const world = new SmallWorld();
    expect(await names(world, '{ thing(id: 1) { name } }')).toEqual(['thing']);
    const { data, executed } = await world.ask('{ l: live b: things { id } a: thing(id: "1") { name } __typename }');
    expect([...executed].sort()).toEqual(['live', 'things']);
    expect(JSON.stringify(data)).toBe('{"l":2,"b":[{"id":"1"},{"id":"2"}],"a":{"name":"first of a"},"__typename":"Query"}');
    expect(await names(world, '{ thing(id: 1) { name } things { id } }')).toEqual([]);
  });

  it('are invalid once what they are made of has changed, and no others', async () => {
    const world = new SmallWorld();
    await world.ask('{ thing(id: 1) { name } x: thing(id: 2) { name } }');
    await world.change('second');
    expect(await world.ask('{ thing(id: 1) { name } x: thing(id: 2) { name } }')).toEqual({ data: { thing: { name: 'second of a' }, x: { name: 'first of a' } }, executed: ['thing'] });
  });

  it('F1: that were overtaken by a change while they were executed are not served afterwards', async () => {
    const world = new SmallWorld();
    let go!: () => void;
    world.held = new Promise((resolve) => (go = resolve));
    const slow = world.ask('{ thing(id: 1) { name } }');
    await new Promise((resolve) => setImmediate(resolve));
    await world.change('second');
    go();
    await slow;
    expect(await names(world, '{ thing(id: 1) { name } }')).toEqual(['thing']);
  });

  it('F7: that failed are told to who asked and stored by nobody; their siblings are', async () => {
    const world = new SmallWorld();
    const pieces = await world.pieces('{ bad: thing(id: 1) { broken } good: thing(id: 1) { name } }');
    expect(pieces?.map(({ json, errors }) => [json, errors.map(({ message, path }) => [message, path])])).toEqual([
      ['{"broken":null}', [['broken', ['bad', 'broken']]]],
      ['{"name":"first of a"}', []],
    ]);
    expect(await names(world, '{ bad: thing(id: 1) { broken } good: thing(id: 1) { name } }')).toEqual(['thing']);
    expect(await world.ask('{ must thing(id: 1) { name } }')).toMatchObject({ data: null });
  });

  it('are executed each time, and stored under no key, where nothing of an operation can be stored', async () => {
    const world = new SmallWorld();
    for (let times = 0; times < 2; times++) {
      const pieces = await world.pieces('{ live unhinted { name } }');
      expect(pieces?.map(({ identity, entry, isHit }) => ({ identity, entry, isHit }))).toEqual([
        { identity: null, entry: null, isHit: false },
        { identity: null, entry: null, isHit: false },
      ]);
    }
  });

  it('are left to execution where the variables do not fit', async () => {
    const world = new SmallWorld();
    expect(await world.pieces('query ($id: ID!) { thing(id: $id) { id } }', { variables: {} })).toBeNull();
  });
});

describe('the scope of a piece', () => {
  const privately = { viewer: 'v1' };

  it.each([
    ['{ thing(id: 1) { owner { name } } }', 'nested'],
    ['{ thing(id: "none") { owner { name } } }', 'nested below null'],
    ['{ thing(id: 1) { ...F } } fragment F on Thing { owner { id } }', 'in a fragment'],
    ['query ($yes: Boolean = true) { thing(id: 1) { id owner @include(if: $yes) { id } } }', 'included'],
    ['{ any(id: 1) { __typename } }', 'of a type that it might have been'],
    ['{ me { id } }', 'at the root'],
  ])('P1: is the strictest of what the document selects: %s (%s)', async (source) => {
    const world = new SmallWorld();
    await world.ask(source, privately);
    expect(await names(world, source, privately)).toEqual([]);
    expect((await names(world, source, { viewer: 'v2' })).length).toBe(1);
    expect([...world.entries.values()].map(({ scope }) => scope)).toEqual(['PRIVATE', 'PRIVATE']);
  });

  it('P1: PRIVATE is not stored for the anonymous viewer', async () => {
    const world = new SmallWorld();
    await world.ask('{ thing(id: 1) { owner { name } } name: thing(id: 1) { name } }');
    expect([...world.entries.values()].map(({ scope }) => scope)).toEqual(['PUBLIC']);
  });

  it('P1: an excluded field plays no part, and PUBLIC pieces are shared by all viewers', async () => {
    const world = new SmallWorld();
    const source = 'query ($yes: Boolean!) { thing(id: 1) { id owner @include(if: $yes) { id } } }';
    await world.ask(source, { viewer: 'v1', variables: { yes: false } });
    expect(await names(world, source, { variables: { yes: false } })).toEqual([]);
  });

  it('P1: a hint given while executing may only tighten: what asked for the viewer is answered to each, and not stored', async () => {
    const world = new SmallWorld();
    expect((await world.ask('{ peeks }', { viewer: 'v1' })).data).toEqual({ peeks: 'v1' });
    expect((await world.ask('{ peeks }', { viewer: 'v2' })).data).toEqual({ peeks: 'v2' });
    expect(world.entries.size).toBe(0);
  });
});

describe('the key of a piece', () => {
  it('P2: has the partition in it, but for what all share', async () => {
    const world = new SmallWorld();
    await world.ask('{ thing(id: 1) { name } shared }', { of: 'a' });
    expect(await world.ask('{ thing(id: 1) { name } shared }', { of: 'b' })).toEqual({ data: { thing: { name: 'first of b' }, shared: 'for all' }, executed: ['thing'] });
    expect(await names(world, '{ shared thing(id: 1) { id } }', { of: null })).toEqual(['thing']);
  });

  it('P2, P3: has the permissions in it that the selected fields depend on, and no others', async () => {
    const world = new SmallWorld();
    const source = '{ thing(id: 1) { secret } }';
    await world.ask(source, { roles: ['STAFF'] });
    expect(await names(world, source, { roles: ['STAFF', 'ADMIN'], viewer: 'another' })).toEqual([]);
    const [refused] = (await world.pieces(source, { roles: [] })) ?? [];
    expect(refused?.errors.map(({ message }) => message)).toEqual(['FORBIDDEN']);
    await world.ask('{ thing(id: 1) { id } }', { roles: ['STAFF'] });
    expect(await names(world, '{ thing(id: 1) { id } }')).toEqual([]);
  });

  it.each([
    ['{ thing(id: 1) { sized } }', '{thing(id:"1"){sized(by:1)}}', {}],
    ['{ thing(id: 1) { sized } }', 'query Q($i: ID!, $s: Int = 1) { other: thing(size: $s, id: $i) { ... on Thing { sized } } }', { i: '1' }],
    ['{ thing(id: 1) { part { name } id } }', '{ thing(id: 1) { ...A } } fragment A on Thing { part { name } ...B } fragment B on Thing { id }', {}],
    ['{ thing(id: 1) { id name } }', '{ thing(id: 1) { id id @include(if: true) name } live }', {}],
  ])('P5: is the same for the same meaning: %s and %s', async (one, other, variables) => {
    const world = new SmallWorld();
    await world.ask(one);
    expect((await names(world, other, { variables })).filter((name) => name !== 'live')).toEqual([]);
  });

  it.each([
    ['{ thing(id: 1) { sized(by: 1) } }', '{ thing(id: 1) { sized(by: 2) } }'],
    ['{ thing(id: 1) { sized(note: "1") } }', '{ thing(id: 1) { sized(note: null) } }'],
    ['{ thing(id: 1) { sized(note: null) } }', '{ thing(id: 1) { sized } }'],
    ['{ thing(id: 1) { id name } }', '{ thing(id: 1) { name id } }'],
    ['{ thing(id: 1) { name } }', '{ thing(id: 1) { alias: name } }'],
    ['{ thing(id: 1) { a: id b: name } }', '{ thing(id: 1) { a: name b: id } }'],
    ['{ things { id } }', '{ things(first: 1) { id } }'],
  ])('P5: is another for another meaning: %s and %s', async (one, other) => {
    const world = new SmallWorld();
    await world.ask(one);
    expect((await names(world, other)).length).toBe(1);
  });

  it('P4: is that of the load, too: two viewers never share a PRIVATE one, nor anybody one that is never stored', async () => {
    const world = new SmallWorld();
    let go!: () => void;
    world.held = new Promise((resolve) => (go = resolve));
    const asked = ['v1', 'v2', 'v1'].map((viewer) => world.ask('{ me { id } live thing(id: 1) { name } }', { viewer }));
    await new Promise((resolve) => setImmediate(resolve));
    go();
    const answers = await Promise.all(asked);
    expect(answers.map(({ data }) => (data as { me: { id: string } }).me.id)).toEqual(['v1', 'v2', 'v1']);
    expect([...world.executed].sort()).toEqual(['live', 'live', 'live', 'me', 'me', 'thing']);
  });

  it('P6: is none for introspection, mutations and subscriptions', async () => {
    const world = new SmallWorld();
    expect(await world.pieces('{ __schema { queryType { name } } }')).toBeNull();
    expect(await world.pieces('mutation { touch }')).toBeNull();
    await world.ask('{ __type(name: "Thing") { name } thing(id: 1) { id } }');
    expect([...world.entries.keys()].length).toBe(1);
  });
});

describe('an explanation', () => {
  const explained = async (world: SmallWorld, source: string, asking?: Asking) => {
    const pieces = (await world.pieces(source, asking)) ?? [];
    return explain(pieces, world.contextOf(asking).reader);
  };

  it('says of each root field how it was answered, for how long it is good, and what ends its life', async () => {
    const world = new SmallWorld();
    expect(await explained(world, '{ thing(id: 1) { name } live }')).toMatchObject({
      thing: { layer: 'response', outcome: 'miss', reason: 'absent', age: 0, maxAge: 60, limitedBy: 'Query.thing', scope: 'PUBLIC', tags: ['t/a/things/1'] },
      live: { layer: 'none', outcome: 'bypass', reason: 'the maxAge of Query.live is 0', maxAge: 0, limitedBy: 'Query.live' },
    });
    world.now += 10_000;
    expect(await explained(world, '{ thing(id: 1) { name } }')).toMatchObject({ thing: { outcome: 'hit', reason: null, age: 10, maxAge: 50 } });
    world.now += 51_000;
    expect(await explained(world, '{ thing(id: 1) { name } }')).toMatchObject({ thing: { outcome: 'miss', reason: 'expired' } });
    await world.change('second');
    expect(await explained(world, '{ thing(id: 1) { name } }')).toMatchObject({ thing: { outcome: 'miss', reason: 'invalidated' } });
    expect(await explained(world, '{ me { id } thing(id: 1) { broken } }')).toMatchObject({
      me: { outcome: 'bypass', reason: 'it is private, and the viewer is anonymous' },
      thing: { outcome: 'miss', reason: 'it has errors', maxAge: 0 },
    });
  });
});
