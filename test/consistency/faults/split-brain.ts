import { leadTo } from '../world.js';
import { LASTING, rest, somePlace, type Fault } from './fault.js';

export const splitBrain: Fault = {
  name: 'split-brain',
  what: 'a replica is promoted, and one node still reaches the old master',
  inject: async (world) => {
    const master = world.redis;
    const replica = await world.startRedis({ replicaOf: master });
    await replica.caughtUp();
    replica.fallBehind();
    await rest(200 + world.random.below(800));
    await replica.promote();
    const behind = somePlace(world);
    leadTo(world.places.filter((place) => place !== behind), replica);
    await rest(LASTING);
    world.redis = replica;
    leadTo([behind], replica);
    // The other way round, too: whoever was there sees the old master again for a moment.
    if (world.random.chance(0.5)) {
      await rest(500);
      leadTo([behind], master);
      await rest(500);
      leadTo([behind], replica);
    }
    await master.kill();
    await rest(500);
    return true;
  },
};
