import type { Random } from '../model/random.js';
import { compareWithDatabase, type Comparing } from './compare.js';
import type { Fault } from './faults/fault.js';
import { rest } from './faults/fault.js';

export interface ScheduleOptions extends Comparing {
  readonly faults: readonly Fault[];
  readonly random: Random;
  /** On the monotonic clock: no fault begins later. */
  readonly until: number;
  /** Nor when there is nothing more to find out. */
  readonly hasEnough: () => boolean;
  /** Makes the clients finish what they are doing, and wait. */
  readonly pauseClients: () => Promise<void>;
  readonly resumeClients: () => void;
  readonly onFault: (name: string) => void;
}

/** Between faults the clients work undisturbed for at least so long, in milliseconds; */
const UNDISTURBED = 1_000;
/** and for longer where time suffices for each fault to happen so often: the rest of it is for the clients. */
const ROUNDS = 3.4;
/** How often it is compared where no fault gives an occasion. */
const COMPARED_EVERY = 10_000;

/** One fault after the other, each as often as any other, in a seeded order; after each the nodes are compared with the database. */
export async function runSchedule(options: ScheduleOptions): Promise<void> {
  const { faults, random, record, until } = options;
  const isOver = (): boolean => performance.now() >= until || options.hasEnough();
  const slot = Math.max(0, until - performance.now()) / (ROUNDS * Math.max(1, faults.length));
  let round: Fault[] = [];
  let next = performance.now();
  while (!isOver()) {
    if (faults.length === 0) {
      await rest(Math.min(COMPARED_EVERY, Math.max(0, until - performance.now())));
    } else {
      if (round.length === 0) round = shuffled(faults, random);
      const fault = round.pop();
      await rest(Math.max(UNDISTURBED, next - performance.now()));
      next += slot;
      if (fault === undefined || isOver()) break;
      record.during = fault.name;
      options.onFault(fault.name);
      if (await fault.inject(options.world)) record.injected(fault.name);
      // What could not be brought about is tried again in the same round.
      else round.unshift(fault);
      await rest(UNDISTURBED / 2);
    }
    await options.pauseClients();
    await compareWithDatabase(options);
    if (!isOver()) options.resumeClients();
  }
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((one) => ({ one, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
