import { Kind, parse, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { SmallWorld, type Asking } from '../../../test/support/small-world.js';
import type { CacheEvent } from '../core/events.js';
import { DivergenceSampler } from './divergence.js';

async function answeredBy(world: SmallWorld, document: DocumentNode, asking: Asking) {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first');
  const plan = world.responses.planOf(document, operation);
  const question = plan === null ? null : { plan, context: world.contextOf(asking), variables: {} };
  const pieces = question === null ? null : await world.responses.answer(question);
  if (question === null || pieces === null) throw new Error('left to execution');
  return { question, pieces };
}

async function sampled(world: SmallWorld, source: string, { meanwhile = () => Promise.resolve(), ...asking }: Asking & { meanwhile?: () => Promise<void> } = {}) {
  const events: CacheEvent[] = [];
  world.cache.events.on((event) => events.push(event));
  const sampler = new DivergenceSampler(world.responses, { share: 1, settled: meanwhile, onError: (error) => { throw error; } });
  const { question, pieces } = await answeredBy(world, parse(source), asking);
  sampler.consider(question, pieces);
  await sampler.drain();
  return {
    compared: events.filter(({ type }) => type === 'compare').length,
    diverged: events.flatMap((event) => (event.type === 'diverge' ? [{ path: event.path, missing: event.missing }] : [])),
  };
}

describe('sampling for divergence', () => {
  const SOURCE = '{ thing(id: 1) { id name } }';

  it('tells where a hit differs from its source though nothing has invalidated it', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    expect(await sampled(world, SOURCE)).toEqual({ compared: 1, diverged: [] });
    world.name = 'changed behind its back';
    expect(await sampled(world, SOURCE)).toEqual({ compared: 1, diverged: [{ path: 'thing.name', missing: [] }] });
  });

  it('is silent where the change has been applied by then', async () => {
    const world = new SmallWorld();
    await world.ask(SOURCE);
    world.name = 'changed, and not applied yet';
    expect(await sampled(world, SOURCE, { meanwhile: () => world.change(world.name) })).toEqual({ compared: 1, diverged: [] });
  });

  it('compares hits alone, and nothing that reads the clock', async () => {
    const world = new SmallWorld();
    expect(await sampled(world, SOURCE)).toEqual({ compared: 0, diverged: [] });
    await world.ask('{ clock }');
    world.now += 5;
    expect(await sampled(world, '{ clock }')).toEqual({ compared: 0, diverged: [] });
  });

  it('executes again as the viewer whose hit it was', async () => {
    const world = new SmallWorld();
    await world.ask('{ me { id } }', { viewer: 'v1' });
    expect(await sampled(world, '{ me { id } }', { viewer: 'v1' })).toEqual({ compared: 1, diverged: [] });
  });

  it('does not compare what many ask for again and again', async () => {
    const world = new SmallWorld();
    const compared: string[] = [];
    world.cache.events.on((event) => event.type === 'compare' && compared.push(event.of.key));
    let now = 0;
    const sampler = new DivergenceSampler(world.responses, { share: 0.5, random: () => 0, now: () => now, settled: () => Promise.resolve(), onError: (error) => { throw error; } });
    // Whoever sends the same text asks with the same document.
    const [first, second] = [parse(SOURCE), parse('{ thing(id: 2) { id name } }')];
    const askAgain = async (document: DocumentNode): Promise<void> => {
      const { question, pieces } = await answeredBy(world, document, {});
      sampler.consider(question, pieces);
      await sampler.drain();
    };
    await askAgain(first);
    for (const at of [0, 500, 999]) {
      now = at;
      await askAgain(first);
    }
    expect(compared).toHaveLength(1);
    // Another entry is none of its business, and after a second there may be something new.
    await askAgain(second);
    await askAgain(second);
    expect(compared).toHaveLength(2);
    now = 1_000;
    await askAgain(first);
    expect(compared).toHaveLength(3);
  });
});
