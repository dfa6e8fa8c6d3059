import { LASTING, rest, type Fault } from './fault.js';

const QUARTER_OF_AN_HOUR = 15 * 60 * 1_000;

export const clocksShifted: Fault = {
  name: 'clocks-shifted',
  what: 'clocks are 15 minutes fast or slow, each node its own; one is started that way',
  inject: async ({ places, random }) => {
    for (const { node } of places) node.order({ do: 'shift clock', milliseconds: random.pick([-1, 1]) * QUARTER_OF_AN_HOUR });
    const { node } = random.pick(places);
    await node.kill();
    await node.start({ clockShift: random.pick([-1, 1]) * QUARTER_OF_AN_HOUR });
    await rest(LASTING);
    for (const place of places) place.node.order({ do: 'shift clock', milliseconds: 0 });
    return true;
  },
};
