import { Cache } from '../../src/cache/core/cache.js';
import { isUsable, judge, type Entry } from '../../src/cache/core/entry.js';
import { NOTHING, type Without } from '../../src/cache/core/mechanisms.js';
import { covers, positionToken } from '../../src/cache/core/position-token.js';
import { ChangeFeed } from '../../src/cache/entity/change-feed.js';
import { RedisLedger } from '../../src/cache/stores/redis-ledger.js';
import { TieredStore } from '../../src/cache/stores/tiered-store.js';
import { silentLogger } from '../../src/lib/logger.js';
import { Relay } from '../../src/outbox/relay.js';
import type { Row, Versions } from './database.js';
import { SimulatedConnection } from './engine-connection.js';
import { changeOf, simulatedOutbox } from './engine-outbox.js';
import { EngineReads } from './engine-reads.js';
import { inMemory, onRedis, SimulatedStore } from './engine-store.js';
import type { Token } from './history.js';
import { WorldNode, type World } from './world.js';

const TINY_LEDGER = 4;

/** A process made of the engine itself: its ledger on Redis, cache, tiered store, change feed and relay. */
export class EngineNode extends WorldNode {
  readonly ledger: RedisLedger;
  readonly cache: Cache;
  readonly feed: ChangeFeed;
  readonly relay: Relay;
  readonly reads: EngineReads;
  readonly #memory = new Map<string, unknown>();
  #isPolling = false;
  #staleHits = 0;

  constructor(world: World, index: number, without: Without = NOTHING) {
    super(world, index);
    const names = { prefix: 'model', databaseId: 'world', without };
    this.ledger = new RedisLedger({
      ...names,
      connection: new SimulatedConnection(this),
      clock: { now: () => world.time },
      // The world decides which calls come too late.
      deadlineMs: 2 ** 31 - 1,
      needsPolls: !without.has('outbox'),
      logger: silentLogger,
      ...(world.setting.tinyLedger ? { maxTags: TINY_LEDGER } : {}),
    });
    const near = new SimulatedStore(inMemory(this.#memory));
    const store = new TieredStore(near, new SimulatedStore(onRedis(this)), () => this.ledger.now());
    const onBackgroundError = (error: unknown): void => world.fail(error);
    this.cache = new Cache({ ...names, store, ledger: this.ledger, enabled: true, onBackgroundError });
    this.feed = new ChangeFeed(this.cache);
    this.relay = new Relay({
      database: simulatedOutbox(world, () => this.pause()),
      logger: silentLogger,
      apply: async ({ changes }) => (await this.feed.apply(changes)).epoch,
      epoch: () => this.ledger.epoch,
      onPolled: (poll) => this.feed.polled(poll),
      marksPerEpoch: !without.has('mark-per-epoch'),
      rest: () => this.pause(),
    });
    this.#isPolling = without.has('outbox');
    this.reads = new EngineReads(this);
    this.cache.events.on((event) => {
      if (event.type !== 'hit') return;
      world.history.hits++;
      if (event.freshness === 'stale') this.#staleHits++;
    });
  }

  sync(): void {
    this.ledger.sync().catch(() => undefined);
  }

  /** One poll at a time, as the relay's own loop has it. */
  poll(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.relay
      .poll()
      .catch(() => undefined)
      .finally(() => (this.#isPolling = false));
  }

  mutate(rows: readonly Row[]): void {
    this.#mutate(rows).catch((error: unknown) => this.world.fail(error));
  }

  read(after?: { readonly token: Token; readonly versions: Versions }): void {
    this.#read(after).catch((error: unknown) => this.world.fail(error));
  }

  isTrusted(): boolean {
    return this.ledger.standing() === 'trusted';
  }

  *servable(): Iterable<Versions> {
    const moment = { ledger: this.ledger, now: this.ledger.now() };
    for (const store of [this.#memory, this.server.entries]) {
      for (const [key, stored] of store) {
        const entry = stored as Entry<Versions>;
        const identity = this.reads.identityOf(key);
        if (identity !== undefined && isUsable(judge(entry, identity, moment))) yield entry.value;
      }
    }
  }

  /** Lets others go on. A process that is killed meanwhile never does. */
  pause(): Promise<void> {
    return new Promise((resolve) => {
      const resume = function* () {
        yield undefined;
        resolve();
      };
      this.world.scheduler.spawn(resume(), this);
    });
  }

  /** As the application's context does: commit, invalidate, answer; and the same operation may read what it wrote. */
  async #mutate(rows: readonly Row[]): Promise<void> {
    const { world } = this;
    const request = this.cache.begin();
    const readsToo = world.random.chance(0.3);
    if (readsToo) await this.reads.anything(request);
    const before = this.ledger.stamp();
    await this.pause();
    const { outboxRows, versions } = world.database.commit(rows);
    await this.pause();
    const applied = this.living(this.feed.applyOwn(outboxRows.map(changeOf)));
    await this.relay.applying(outboxRows.map(({ id }) => id), applied.then((invalidation) => invalidation?.epoch ?? null));
    const invalidation = await applied;
    if (invalidation !== null && world.random.chance(0.5)) await this.living(this.reads.writeThrough(request, versions, { before, invalidation }));
    request.renew();
    const token = invalidation === null ? null : { epoch: invalidation.epoch, position: invalidation.position };
    world.history.answered({ node: this.index, versions, token });
    if (readsToo) await this.#check(() => this.reads.anything(request));
  }

  async #read(after?: { readonly token: Token; readonly versions: Versions }): Promise<void> {
    await this.#check(async () => {
      const request = this.cache.begin({ bypass: after !== undefined && !(await this.#isCovered(after.token)) });
      return this.reads.anything(request);
    }, after?.versions);
  }

  async #check(read: () => Promise<Entry<Versions> | null>, strong?: Versions): Promise<void> {
    const { history } = this.world;
    const expected = history.expect(this.index, strong);
    const staleHits = this.#staleHits;
    const entry = await this.living(read());
    if (entry === null) return;
    history.reads++;
    // While polls fail, what a synced copy calls valid may be served, if it is marked as stale (D2). Its lifetime ended on
    // the clock of the server that the ledger was on then.
    const isMarked = entry.freshUntil <= this.ledger.now() || this.#staleHits > staleHits;
    history.check(isMarked ? { ...expected, otherNodes: {} } : expected, entry.value);
  }

  async #isCovered(token: Token): Promise<boolean> {
    const text = positionToken(token);
    if (covers(this.ledger, text)) return true;
    await this.ledger.sync().catch(() => undefined);
    return covers(this.ledger, text);
  }

  /** A killed process learns of no result. */
  private living<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (result) => this.alive && resolve(result),
        (error: unknown) => this.alive && reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }
}
