import { LASTING, rest, somePlace, type Fault } from './fault.js';

/** Fewer than the rows and lists there are: with nearly every write, something that is still stored is forgotten. */
const FEW_TAGS = 40;

export const ledgerTrimmed: Fault = {
  name: 'ledger-trimmed',
  what: 'a node is started that lets the ledger remember very little',
  inject: async (world) => {
    const { node } = somePlace(world);
    await node.stop();
    await node.start({ ledgerMaxTags: FEW_TAGS });
    await rest(LASTING);
    await node.stop();
    await node.start();
    return true;
  },
};
