import { rest, somePlace, type Fault } from './fault.js';

/** As with a machine that is suspended: the process wakes up with what it believed 5 s ago. */
export const nodeStopped: Fault = {
  name: 'node-stopped',
  what: 'a process is stopped for 5 s and continued',
  inject: async (world) => {
    const { node } = somePlace(world);
    node.signal('SIGSTOP');
    await rest(5_000);
    node.signal('SIGCONT');
    await rest(500);
    return true;
  },
};
