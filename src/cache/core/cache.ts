/* More than 400 lines: a read is one story, and its steps are told in one place. */
import { Background } from '../../lib/background.js';
import type { Collector } from './collector.js';
import { isOvertaken, type Committed } from './committed.js';
import { isUsable, judge, type Entry } from './entry.js';
import { CacheEvents, type CacheEvent } from './events.js';
import { Identities } from './key.js';
import type { Leases } from './lease.js';
import { isTooOldToTell, mayHave, mayJoin } from './joining.js';
import { loadLeased, type Leading, type Leasing } from './leased-loads.js';
import type { Invalidation, Ledger } from './ledger.js';
import { NOTHING, type Without } from './mechanisms.js';
import { whyUnshared, type Finished, type Kept, type LoadUnderWay, type Outcome } from './outcome.js';
import { asError, Reading, type Loaded, type LoadMissing, type Lookup } from './reading.js';
import { RecentLoads } from './recent-loads.js';
import { isCovered } from './position-token.js';
import { isDue } from './refresh.js';
import { CacheRequest } from './request.js';
import { sealEntry } from './seal.js';
import { Flights, type Began, type Flight } from './single-flight.js';
import type { EntryStore, StoreWrite } from './store.js';
import type { Tag } from './tags.js';
import { UnstoredEntry } from './unstored-entry.js';

export type { Loaded, LoadMissing, Lookup } from './reading.js';

export interface CacheOptions {
  readonly store: EntryStore;
  readonly ledger: Ledger;
  /** First part of every key, for a store that others use too. */
  readonly prefix: string;
  /** Random id of the database that is cached: another database's entries are other keys. */
  readonly databaseId: string;
  /** False: neither reads nor stores, and still invalidates, since other nodes cache. */
  readonly enabled: boolean;
  /** Whether an error means that the source is failing (then a stale entry may be served) and not that the caller erred. */
  readonly isSourceFailure?: (error: unknown) => boolean;
  readonly onBackgroundError: (error: unknown) => void;
  /**
   * When what several requests are missing is asked for together: calls back at the end of a turn of the event loop. Left out:
   * each asks alone.
   */
  readonly endOfTurn?: EndOfTurn;
  /** How much of its lifetime an entry is given: near 1, another one each time. All of it where it is not said. */
  readonly lifetimeShare?: () => number;
  /** For tests of the mechanisms alone. */
  readonly without?: Without;
}

export type EndOfTurn = (work: () => void) => void;

/**
 * The story of a read: look up -> judge -> join or load -> store -> report.
 */
export class Cache {
  readonly events = new CacheEvents();
  readonly identities: Identities;
  readonly ledger: Ledger;
  readonly without: Without;
  readonly #flights = new Flights();
  readonly #recent = new RecentLoads();
  readonly #background: Background;
  readonly isSourceFailure: (error: unknown) => boolean;
  readonly endOfTurn: EndOfTurn | null;

  constructor(private readonly options: CacheOptions) {
    this.ledger = options.ledger;
    this.without = options.without ?? NOTHING;
    this.identities = new Identities(options.prefix, options.databaseId, this.without);
    this.#background = new Background(options.onBackgroundError);
    this.isSourceFailure = options.isSourceFailure ?? (() => true);
    this.endOfTurn = options.endOfTurn ?? null;
  }

  get enabled(): boolean {
    return this.options.enabled;
  }

  get store(): EntryStore {
    return this.options.store;
  }

  /** To be called when a request has arrived, before anything of it reads the source. */
  begin(options: { readonly bypass?: boolean } = {}): CacheRequest {
    return new CacheRequest(this.ledger, !this.options.enabled || options.bypass === true);
  }

  /**
   * The same for a client that was sent a position (`Larder-After`). Syncs once if the copy does not cover the position yet, so
   * that the stamp is later. A request whose position is still not covered bypasses the cache (F3).
   */
  async beginAfter(after: string): Promise<CacheRequest> {
    const covered = await isCovered(this.ledger, after);
    const request = this.begin({ bypass: !covered });
    if (covered) request.prove(after);
    return request;
  }

  async read<T>(request: CacheRequest, lookup: Lookup, load: () => Promise<Loaded<T>>): Promise<Entry<T>> {
    const [answer] = await this.readMany<T>(request, [lookup], async () => [await load()]);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('a load answered nothing');
    return answer;
  }

  /** Reads many entries with one look-up in the store and one load for those missing. A failing one fails alone. */
  async readMany<T>(request: CacheRequest, lookups: readonly Lookup[], load: LoadMissing<T>): Promise<readonly (Entry<T> | Error)[]> {
    if (lookups.length === 0) return [];
    const reading = new Reading<T>(request, lookups, load);
    if (lookups.every((lookup) => this.#isUnshared(request, lookup))) {
      await this.#loadUnshared(reading, reading.open);
      return reading.answers;
    }
    const unshared: number[] = [];
    const shared: number[] = [];
    for (const at of reading.open) (this.#isUnshared(request, reading.at(at)) ? unshared : shared).push(at);
    const missing = await this.#lookUp(reading, shared);
    const loading = missing.length === 0 ? undefined : this.#joinOrLoad(reading, missing);
    // Whoever loads has taken up its lease by now.
    this.#leaveLeases(reading);
    if (loading === undefined && unshared.length === 0) return reading.answers;
    await Promise.all([unshared.length === 0 ? undefined : this.#loadUnshared(reading, unshared), loading]);
    return reading.answers;
  }

  /** Entries that may be served now, without loading the others. */
  async peekMany(request: CacheRequest, lookups: readonly Lookup[]): Promise<readonly (Entry | undefined)[]> {
    if (request.bypass || lookups.length === 0) return lookups.map(() => undefined);
    const reading = new Reading<unknown>(request, lookups, () => Promise.resolve([]));
    await this.#lookUp(reading, reading.open);
    return lookups.map((_, at) => reading.answerAt(at) as Entry | undefined);
  }

  /** Stores values that were not loaded through `readMany`, under the stamp that the request began with (F1). */
  async write(request: CacheRequest, values: readonly (Lookup & Loaded<unknown>)[]): Promise<void> {
    await this.#writeAll(request, values, request.began);
  }

  async #writeAll(request: CacheRequest, values: readonly (Lookup & Loaded<unknown>)[], began: Began): Promise<void> {
    const writes = values.flatMap((value) => {
      const entry = this.#toEntry(began, value, { value: value.value, collector: value.collector, cost: 0 });
      return this.#keep(request, value, { entry, collector: value.collector }).write ?? [];
    });
    if (writes.length > 0) await this.store.setMany(writes);
  }

  /**
   * Stores what a transaction has committed, at the position of its own invalidation, unless another change may have come
   * in between: then the next read loads it.
   */
  async writeThrough(request: CacheRequest, values: readonly (Lookup & Loaded<unknown>)[], committed: Committed): Promise<void> {
    if (isOvertaken(committed)) {
      for (const value of values) this.#tell(value, { type: 'skip', of: value.identity, reason: 'another change may have come in between' });
      return;
    }
    const { epoch, position } = committed.invalidation;
    // Not read now: since it was committed, others may have changed it, and a node that is alone goes by the time alone.
    await this.#writeAll(request, values, { stamp: { epoch, position }, readAt: request.began.readAt });
  }

  /** Makes everything that depends on the tags invalid, on this node when it resolves, on the others within a second. */
  async invalidate(tags: readonly Tag[]): Promise<Invalidation> {
    try {
      const result = await this.ledger.invalidate(tags);
      // A poll that found nothing is no event.
      if (tags.length > 0) this.events.emit({ type: 'invalidate', tags, result });
      return result;
    } catch (error) {
      this.events.emit({ type: 'invalidate-failed', tags, error });
      throw error;
    }
  }

  /** Resolves when every write to the store that is under way has ended. */
  drain(): Promise<void> {
    return this.#background.drain();
  }

  async close(): Promise<void> {
    await this.drain();
    await this.ledger.close();
    await this.store.close();
  }

  #isUnshared(request: CacheRequest, { policy }: Lookup): boolean {
    return request.bypass || policy.maxAge <= 0;
  }

  /** Answers what the store has and the ledger calls valid; returns the rest. */
  async #lookUp<T>(reading: Reading<T>, asked: readonly number[]): Promise<number[]> {
    const found = await this.#find(reading, asked);
    // Judged by the copy as it is now: the look-up may have taken longer than the trust lasts.
    const standing = this.ledger.standing();
    const now = this.ledger.now();
    const missing: number[] = [];
    const due: { readonly at: number; readonly entry: Entry }[] = [];
    asked.forEach((at, index) => {
      const lookup = reading.at(at);
      const { identity } = lookup;
      const entry = (standing === 'alone' ? this.#recent.get(identity.key, now) : found?.[index]) as Entry<T> | undefined;
      const absence = found === null || standing === 'alone' ? 'alone' : 'absent';
      const judged = entry === undefined ? absence : judge(entry, identity, { ledger: this.ledger, now });
      if (entry !== undefined && standing !== 'synced' && (judged === 'fresh' || (judged === 'stale' && lookup.outermost === true))) {
        reading.answer(at, entry);
        this.#tell(lookup, { type: 'hit', of: identity, freshness: judged, age: now - entry.readAt });
        if (isDue(lookup, entry, now)) due.push({ at, entry });
        return;
      }
      // Stale, or not known to be fresh since no recent poll looked for unapplied changes: loaded anew, and kept in case the
      // load fails (D2). Where the last poll failed, the entry is served without waiting for the source.
      if (entry !== undefined && isUsable(judged)) {
        if (standing === 'synced' && this.ledger.isSourceAway) {
          this.#answerStale(reading, at, entry);
          return;
        }
        reading.keepStale(at, entry);
      }
      this.#tell(lookup, { type: 'miss', of: identity, reason: isUsable(judged) ? 'expired' : judged });
      missing.push(at);
    });
    if (due.length > 0 && standing === 'trusted') this.#refresh(reading, due);
    return missing;
  }

  /** Loads anew what was answered and ends soon, or has. Nobody waits for it. */
  #refresh<T>(reading: Reading<T>, due: readonly { readonly at: number; readonly entry: Entry }[]): void {
    const again = reading.again(due.filter(({ at }) => this.#flights.underWay(reading.at(at).identity.key) === undefined));
    if (again.open.length > 0) this.#background.run(this.#lead(again, again.open));
  }

  /** What others may load, since nobody does here. */
  #leaveLeases<T>(reading: Reading<T>): void {
    const { leases } = this.store;
    for (const at of reading.takeLeases()) if (leases !== undefined) this.#background.run(leases.end(reading.at(at).identity.key, 'ended'));
  }

  /** What is stored; null on a node that is alone, which may not even ask. */
  async #find<T>(reading: Reading<T>, asked: readonly number[]): Promise<readonly (Entry | undefined)[] | null> {
    const standing = this.ledger.standing();
    if (standing === 'alone') return null;
    if (asked.every((at) => reading.at(at).found !== undefined)) return asked.map((at) => reading.at(at).found ?? undefined);
    const now = this.ledger.now();
    const isLeased = standing === 'trusted' && this.store.leases !== undefined && asked.every((at) => reading.at(at).outermost === true);
    return this.store.getMany(
      asked.map((at) => reading.at(at).identity.key),
      {
        budget: reading.request.budget,
        // Another node may have stored a newer one where all nodes look.
        accepts: (entry, index) => isUsable(judge(entry, reading.at(asked[index] as number).identity, { ledger: this.ledger, now })),
        ...(isLeased && { onLease: (index: number) => reading.giveLease(asked[index] as number) }),
      },
    );
  }

  async #joinOrLoad<T>(reading: Reading<T>, missing: readonly number[], joins = 0): Promise<void> {
    const toLoad: number[] = [];
    const joined: Promise<number | null>[] = [];
    for (const at of missing) {
      const flight = this.#flights.underWay(reading.at(at).identity.key);
      if (flight === undefined || !mayJoin({ reading, ledger: this.ledger }, flight, joins)) toLoad.push(at);
      else joined.push(this.#join(reading, at, flight));
    }
    const [again] = await Promise.all([Promise.all(joined), toLoad.length === 0 ? undefined : this.#lead(reading, toLoad)]);
    const unusable = again.filter((at) => at !== null);
    // Those who joined too late share one next flight: the first of them leads it.
    if (unusable.length > 0) await this.#joinOrLoad(reading, unusable, joins + 1);
  }

  /** Waits for another's load and judges what it brought (F2). Returns the lookup when it has to be loaded anew. */
  async #join<T>(reading: Reading<T>, at: number, flight: Flight): Promise<number | null> {
    const { identity } = reading.at(at);
    try {
      const { entry, shared } = await flight.landed;
      if (!shared) {
        await this.#loadUnshared(reading, [at]);
        return null;
      }
      const joining = { reading, ledger: this.ledger };
      const isOfUse = this.without.has('flight-check') || mayHave(joining, entry, at);
      if (!isOfUse || isTooOldToTell(joining, flight.readAt, entry.readAt)) return at;
      this.#tell(reading.at(at), { type: 'join', of: identity });
      reading.answer(at, entry as Entry<T>);
    } catch (error) {
      this.#fail(reading, at, error);
    }
    return null;
  }

  async #lead<T>(reading: Reading<T>, toLoad: readonly number[]): Promise<void> {
    const flights = new Map(toLoad.map((at) => [at, this.#flights.lead(reading.at(at).identity.key, reading)]));
    const { leases } = this.store;
    const isLeased = (at: number): boolean => reading.at(at).outermost === true && this.ledger.standing() === 'trusted';
    const leased = leases === undefined ? [] : toLoad.filter(isLeased);
    const here = leased.length === 0 ? toLoad : toLoad.filter((at) => !leased.includes(at));
    await Promise.all([
      here.length === 0 ? undefined : this.#loadShared({ reading, flights }, here),
      leases === undefined || leased.length === 0 ? undefined : loadLeased({ reading, flights }, leased, this.#leasing(leases)),
    ]);
  }

  #leasing(leases: Leases): Leasing {
    return {
      leases,
      ledger: this.ledger,
      store: this.store,
      load: (leading, places) => this.#loadShared(leading, places),
      onArrival: (lookup) => this.#tell(lookup, { type: 'join', of: lookup.identity }),
      background: (work) => this.#background.run(work),
    };
  }

  /** Loads for everybody who has joined or will. `ended` hears when what was loaded is stored, or is not going to be. */
  async #loadShared<T>({ reading, flights, ended = () => undefined }: Leading<T>, toLoad: readonly number[]): Promise<void> {
    await Promise.all(
      this.#load(reading, toLoad).map(async ({ places, outcomes }) => {
        const writes: StoreWrite[] = [];
        const written: number[] = [];
        (await outcomes).forEach((outcome, index) => {
          const at = places[index] as number;
          const flight = flights.get(at) as Flight;
          if (outcome instanceof Error) {
            this.#fail(reading, at, outcome);
            flight.fail(outcome);
            ended(at, true);
            return;
          }
          const { shared, write } = this.#keep(reading.request, reading.at(at), outcome);
          flight.land({ entry: outcome.entry, shared });
          reading.answer(at, outcome.entry);
          if (write === null) {
            flight.leave();
            ended(at, shared);
          } else {
            writes.push(write);
            written.push(at);
          }
        });
        if (writes.length === 0) return;
        // It can be joined until it is stored: whoever looked into the store just before finds it here (C2).
        const storing = this.store.setMany(writes).finally(() => {
          for (const at of written) {
            flights.get(at)?.leave();
            ended(at, true);
          }
        });
        this.#background.run(storing);
      }),
    );
  }

  async #loadUnshared<T>(reading: Reading<T>, toLoad: readonly number[]): Promise<void> {
    const reason = reading.request.bypass ? 'the request bypasses the cache' : 'never stored';
    const answered = this.#load(reading, toLoad).map(({ places, outcomes }) =>
      outcomes.then((came) =>
        came.forEach((outcome, index) => {
          const at = places[index] as number;
          if (outcome instanceof Error) {
            this.#fail(reading, at, outcome);
            return;
          }
          this.#tell(reading.at(at), { type: 'bypass', of: reading.at(at).identity, reason });
          reading.answer(at, outcome.entry);
        }),
      ),
    );
    await (answered.length === 1 ? answered[0] : Promise.all(answered));
  }

  #load<T>(reading: Reading<T>, toLoad: readonly number[]): readonly LoadUnderWay<T>[] {
    const started = performance.now();
    return reading.start(toLoad).map(({ places, results }) => ({
      places,
      outcomes: results.then((loaded) => {
        const milliseconds = performance.now() - started;
        addOutsideTags(reading.request, loaded);
        return places.map((at, index) => this.#finish(reading.at(at), { loaded: loaded[index], began: reading, milliseconds }));
      }),
    }));
  }

  #finish<T>(lookup: Lookup, { loaded, began, milliseconds }: Finished<T>): Outcome<T> {
    const result = loaded ?? new Error('a load answered fewer values than it was asked for');
    if (result instanceof Error) return result;
    this.#tell(lookup, { type: 'load', of: lookup.identity, milliseconds });
    try {
      const stamped = this.without.has('stamp') ? { stamp: this.ledger.stamp(), readAt: began.readAt } : began;
      const { value, collector, tagsLater } = result;
      // Whatever the policy says: without its tags, nothing may last.
      if (tagsLater !== undefined) return { entry: new UnstoredEntry(value, lookup.policy.scope, { began: stamped, tags: tagsLater }), collector };
      return { entry: this.#toEntry(stamped, lookup, { value, collector, cost: milliseconds }), collector };
    } catch (error) {
      // A load that answers nonsense fails; it must not leave a flight that never lands.
      return asError(error);
    }
  }

  #toEntry<T>(began: Began, { policy }: Lookup, { value, collector, cost }: Loaded<T> & { readonly cost: number }): Entry<T> {
    // What was stored together must not end together.
    const maxAge = policy.maxAge * (this.options.lifetimeShare?.() ?? 1);
    const { readAt, freshUntil, staleUntil } = collector.lifetime({ maxAge, staleWhileRevalidate: policy.staleWhileRevalidate }, began.readAt);
    const scope = policy.scope === 'PRIVATE' ? 'PRIVATE' : collector.scope;
    return { value, tags: collector.tags, stamp: began.stamp, readAt, freshUntil, staleUntil, scope, cost };
  }

  /** Whether others may use what was loaded, and what is stored of it. */
  #keep(request: CacheRequest, lookup: Lookup, { entry, collector }: { entry: Entry; collector: Collector }): Kept {
    const unfit = request.bypass ? 'the request bypasses the cache' : this.#whyUnshared(lookup, collector, entry);
    const bytes = unfit === null ? sealEntry(entry) : null;
    const notShared = unfit ?? (bytes === null ? 'it is no plain data' : null);
    const reason = notShared ?? this.#whyNotStored(lookup, entry);
    if (reason !== null) this.#tell(lookup, { type: 'skip', of: lookup.identity, reason });
    // Alone, others get it for a moment all the same; its tags are judged like anywhere else.
    if (notShared === null && this.ledger.standing() === 'alone') this.#recent.keep(lookup.identity.key, entry, this.ledger.now());
    return { shared: notShared === null, write: reason === null && bytes !== null ? this.#toWrite(lookup, entry, bytes) : null };
  }

  #whyUnshared({ policy }: Lookup, collector: Collector, entry: Entry): string | null {
    return this.without.has('sharing-check') ? null : whyUnshared(policy, collector, entry);
  }

  /** Why an entry that others may use is of no use to those who come later. */
  #whyNotStored({ identity }: Lookup, entry: Entry): string | null {
    if (this.ledger.standing() !== 'trusted') return 'this node is alone';
    const verdict = judge(entry, identity, { ledger: this.ledger, now: this.ledger.now() });
    return isUsable(verdict) ? null : `already ${verdict}`;
  }

  #toWrite(lookup: Lookup, entry: Entry, bytes: number): StoreWrite {
    const { identity } = lookup;
    const ttl = Math.max(1, Math.ceil(entry.staleUntil - this.ledger.now()));
    this.#tell(lookup, { type: 'store', of: identity, maxAge: Math.max(0, entry.freshUntil - this.ledger.now()) });
    return { key: identity.key, entry, bytes, ttl };
  }

  #tell(lookup: Lookup, event: CacheEvent): void {
    this.events.emit(event);
    lookup.told?.(event);
  }

  #fail<T>(reading: Reading<T>, at: number, error: unknown): void {
    const failure = asError(error);
    const stale = reading.staleAt(at);
    const lookup = reading.at(at);
    const { identity } = lookup;
    this.#tell(lookup, { type: 'error', of: identity, error: failure });
    // The source fails: what is in its grace is better than nothing, if no write has overtaken it meanwhile (D2).
    if (stale !== undefined && this.isSourceFailure(failure) && this.ledger.standing() !== 'alone') {
      if (isUsable(judge(stale, identity, { ledger: this.ledger, now: this.ledger.now() }))) {
        this.#answerStale(reading, at, stale);
        return;
      }
    }
    reading.answer(at, failure);
  }

  /** Answers with a stale entry while the source fails. The answer counts as stale, and so does every entry that contains it. */
  #answerStale<T>(reading: Reading<T>, at: number, entry: Entry<T>): void {
    const lookup = reading.at(at);
    const now = this.ledger.now();
    this.#tell(lookup, { type: 'hit', of: lookup.identity, freshness: 'stale', age: now - entry.readAt });
    reading.answer(at, { ...entry, freshUntil: Math.min(entry.freshUntil, now) });
  }
}

/** Adds the tags of reads that belong to no known load to all loads of the request: each of them may contain the values. */
function addOutsideTags({ outsideTags }: CacheRequest, loaded: readonly (Loaded<unknown> | Error)[]): void {
  if (outsideTags.size === 0) return;
  for (const result of loaded) if (!(result instanceof Error)) for (const tag of outsideTags) result.collector.tag(tag);
}
