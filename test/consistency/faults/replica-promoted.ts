import { leadTo, type World } from '../world.js';
import { rest, somePlace, type Fault } from './fault.js';

/** The new master lacks the last invalidations, while entries and copies of the ledger may be older or newer. */
export const replicaPromoted: Fault = {
  name: 'replica-promoted',
  what: 'Redis is replaced by a replica that lags behind',
  inject: (world) => failOver(world, () => Promise.resolve()),
};

/** Nobody is left who knows the invalidations that were lost with the old master. */
export const replicaPromotedWriterDies: Fault = {
  name: 'replica-promoted-writer-dies',
  what: 'the same, and a node that was writing dies with the old master',
  inject: async (world) => {
    const { node } = somePlace(world);
    await failOver(world, () => node.kill());
    await node.start();
    return true;
  },
};

async function failOver(world: World, meanwhile: () => Promise<unknown>): Promise<boolean> {
  const master = world.redis;
  const replica = await world.startRedis({ replicaOf: master });
  await replica.caughtUp();
  replica.fallBehind();
  await rest(200 + world.random.below(1_500));
  await Promise.all([master.kill(), meanwhile()]);
  await replica.promote();
  world.redis = replica;
  leadTo(world.places, replica);
  await rest(1_000);
  return true;
}
