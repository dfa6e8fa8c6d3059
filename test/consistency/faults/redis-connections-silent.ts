import { areTrustedAgain, rest, somePlace, type Fault } from './fault.js';

/** The ledger's, the entries' and the wake-ups' alike: a node has to find out by itself. */
export const redisConnectionsSilent: Fault = {
  name: 'redis-connections-silent',
  what: 'what existing connections to Redis send is swallowed, of one node or of all; new ones work',
  inject: async (world) => {
    const places = world.random.chance(0.5) ? world.places : [somePlace(world)];
    for (const { toRedis } of places) toRedis.swallow();
    // As long as a node takes to find out.
    await rest(4_500);
    await areTrustedAgain(places);
    return true;
  },
};
