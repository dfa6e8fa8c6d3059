import { judge, type Entry } from './entry.js';
import type { CacheKey } from './key.js';
import { follow, type Leases } from './lease.js';
import type { Ledger } from './ledger.js';
import type { Lookup, Reading } from './reading.js';
import type { Flight } from './single-flight.js';
import type { EntryStore } from './store.js';

/** Loads of a reading that others in this process may join. */
export interface Leading<T> {
  readonly reading: Reading<T>;
  readonly flights: ReadonlyMap<number, Flight>;
  /** Hears when what was loaded has been stored, or is not going to be. */
  readonly ended?: (at: number, isShared: boolean) => void;
}

/** What stands around them. */
export interface Leasing {
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly store: EntryStore;
  readonly load: <T>(leading: Leading<T>, places: readonly number[]) => Promise<void>;
  readonly onArrival: (lookup: Lookup) => void;
  readonly background: (work: Promise<unknown>) => void;
}

/** Loads what no other process is loading, and waits for the rest (C2). */
export async function loadLeased<T>(leading: Leading<T>, asked: readonly number[], leasing: Leasing): Promise<void> {
  const { reading } = leading;
  const { leases, background } = leasing;
  const keyAt = (at: number): CacheKey => reading.at(at).identity.key;
  const ended = (at: number, isShared: boolean): void => background(leases.end(keyAt(at), isShared ? 'ended' : 'unshared'));
  // Those that came with the look-up that found nothing.
  const led = asked.filter((at) => reading.takeLease(at));
  for (const at of led) leases.keep(keyAt(at));
  const open = led.length === 0 ? asked : asked.filter((at) => !led.includes(at));
  await Promise.all([
    led.length === 0 ? undefined : leasing.load({ ...leading, ended }, led),
    open.length === 0 ? undefined : contend({ ...leading, ended }, open, leasing),
  ]);
}

/** Asks who loads. What comes is judged like whatever is found in the store. */
async function contend<T>(leading: Required<Leading<T>>, asked: readonly number[], leasing: Leasing): Promise<void> {
  const { leases, load, onArrival } = leasing;
  const { reading, flights, ended } = leading;
  const keyAt = (at: number): CacheKey => reading.at(at).identity.key;
  const arrive = (at: number, entry: Entry): void => {
    const flight = flights.get(at) as Flight;
    flight.land({ entry, shared: true });
    flight.leave();
    onArrival(reading.at(at));
    reading.answer(at, entry as Entry<T>);
  };
  const look = (places: readonly number[]): Promise<readonly (Entry | null)[]> => findFresh(reading, places, leasing);
  // In this order: what was stored before its lease ended is found.
  const [holders, found] = await Promise.all([leases.acquire(asked.map(keyAt)), look(asked)]);
  const mine: number[] = [];
  const taken: number[] = [];
  asked.forEach((at, index) => {
    const entry = found[index] ?? null;
    if (entry === null) {
      (holders[index] === 'taken' ? taken : mine).push(at);
      return;
    }
    arrive(at, entry);
    if (holders[index] === 'mine') ended(at, true);
  });
  await Promise.all([
    mine.length === 0 ? undefined : load(leading, mine),
    ...taken.map(async (at) => {
      const came = await follow(keyAt(at), { leases, look: async () => (await look([at]))[0] ?? null });
      if (typeof came !== 'string') arrive(at, came);
      else await load(came === 'mine' ? leading : { reading, flights }, [at]);
    }),
  ]);
}

/** What others have stored meanwhile. */
async function findFresh<T>(reading: Reading<T>, places: readonly number[], { ledger, store }: Leasing): Promise<readonly (Entry | null)[]> {
  const lookups = places.map((at) => reading.at(at));
  const isFresh = (entry: Entry, index: number): boolean => {
    const { identity, newerThan = -Infinity } = lookups[index] as Lookup;
    return entry.freshUntil > newerThan && judge(entry, identity, { ledger, now: ledger.now() }) === 'fresh';
  };
  const found = await store.getMany(lookups.map(({ identity }) => identity.key), { accepts: isFresh, anew: true });
  // The look-up may have taken longer than the trust lasts.
  const isTrusted = ledger.standing() === 'trusted';
  return found.map((entry, index) => (entry !== undefined && isTrusted && isFresh(entry, index) ? entry : null));
}
