import { LASTING, rest, type Fault } from './fault.js';

export const loadsHeld: Fault = {
  name: 'loads-held',
  what: 'loads take up to 1.5 s longer, so that writes overtake them',
  inject: async ({ places }) => {
    for (const { node } of places) node.order({ do: 'hold reads', share: 0.4, milliseconds: 1_500 });
    await rest(LASTING);
    for (const { node } of places) node.order({ do: 'hold reads', share: 0, milliseconds: 0 });
    await rest(1_500);
    return true;
  },
};
