import { leadTo } from '../world.js';
import { rest, type Fault } from './fault.js';

export const redisRestartedEmpty: Fault = {
  name: 'redis-restarted-empty',
  what: 'Redis is killed and comes back with nothing',
  inject: async (world) => {
    await world.redis.kill();
    await rest(world.random.below(2_000));
    world.redis = await world.startRedis();
    leadTo(world.places, world.redis);
    await rest(1_000);
    return true;
  },
};
