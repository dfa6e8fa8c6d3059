import { leadTo } from '../world.js';
import { rest, type Fault } from './fault.js';

/** Entries and ledger are those of seconds ago: each fits the other, and neither what was answered since. */
export const redisRestartedOld: Fault = {
  name: 'redis-restarted-old',
  what: 'Redis is killed and comes back with what it held seconds ago',
  inject: async (world) => {
    const dump = await world.redis.dump();
    await rest(500 + world.random.below(2_500));
    const old = await world.startRedis({ dump });
    await world.redis.kill();
    world.redis = old;
    leadTo(world.places, world.redis);
    await rest(1_000);
    return true;
  },
};
