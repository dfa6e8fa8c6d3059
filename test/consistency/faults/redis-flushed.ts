import { rest, type Fault } from './fault.js';

export const redisFlushed: Fault = {
  name: 'redis-flushed',
  what: 'somebody sends FLUSHALL',
  inject: async (world) => {
    for (let times = 0; times < 3; times++) {
      await world.redis.command('FLUSHALL');
      await rest(world.random.below(800));
    }
    return true;
  },
};
