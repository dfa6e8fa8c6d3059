import { rest, somePlace, type Fault } from './fault.js';

/** The change is committed, and who should have told the ledger is dead: only the outbox knows (F4). */
export const killedAfterCommit: Fault = {
  name: 'killed-after-commit',
  what: 'a process is killed between its commit and the invalidation',
  inject: async (world) => {
    const { node } = somePlace(world);
    node.order({ do: 'die after commit' });
    const died = await Promise.race([node.ended().then(() => true), rest(5_000).then(() => false)]);
    if (!died) await node.kill();
    await rest(500);
    await node.start();
    return died;
  },
};
