import { Database, ROWS, type Row, type Versions } from './database.js';
import { FAULTS } from './faults.js';
import { History, type Token } from './history.js';
import { Network } from './network.js';
import { Random } from './random.js';
import { RedisServer } from './redis.js';
import type { Without } from './rules.js';
import { Scheduler, type Process } from './scheduler.js';
import { settingOf, type Setting } from './setting.js';

/** Milliseconds that an answered mutation may take to be seen on other nodes, and that a node trusts its copy. */
export const BOUND = 1000;
const STEPS = 1500;
const NODES = [0, 1, 2];

/** A process of the application, as the world sees it: asked for something, it begins to do it. */
export abstract class WorldNode implements Process {
  alive = true;
  stopped = false;
  server: RedisServer;

  constructor(
    readonly world: World,
    readonly index: number,
  ) {
    this.server = world.master;
  }

  abstract sync(): void;
  abstract poll(): void;
  abstract mutate(rows: readonly Row[]): void;
  /** @param after what a mutation's reply handed out, for a strong read. */
  abstract read(after?: { readonly token: Token; readonly versions: Versions }): void;
  abstract isTrusted(): boolean;
  /** What it may find stored and calls valid. */
  abstract servable(): Iterable<Versions>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly without?: Without;
  readonly makeNode: (world: World, index: number) => WorldNode;
  /** Milliseconds that nodes wait for a reply; for ever, when it is left out. */
  readonly deadline?: number;
}

/** One database, one Redis (or what is left of it), three nodes, their clients, and bad luck. */
export class World {
  time = 0;
  master: RedisServer;
  readonly oldMasters: RedisServer[] = [];
  nodes: readonly WorldNode[];
  readonly setting: Setting;
  readonly without: Without;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly database: Database;
  readonly history: History;
  /** What no fault may cause. */
  readonly errors: unknown[] = [];
  #servers = 0;
  #epochs = 0;
  #isAtRest = false;

  constructor(private readonly options: WorldOptions) {
    this.setting = settingOf(options.seed);
    this.without = options.without ?? new Set();
    this.random = new Random(options.seed);
    this.scheduler = new Scheduler(this.random);
    const { deadline = Infinity } = options;
    this.network = new Network(this.scheduler, this.random, {
      now: () => this.time,
      slowRate: () => (this.#isAtRest ? 0 : this.setting.slowRate),
      lossRate: () => (this.#isAtRest ? 0 : this.setting.lossRate),
      slowest: Math.min(1500, 1.5 * deadline),
      deadline,
    });
    this.database = new Database(this.without);
    this.history = new History(BOUND, () => this.time);
    this.master = this.startServer();
    this.nodes = NODES.map((index) => options.makeNode(this, index));
  }

  fail(error: unknown): void {
    this.errors.push(error);
  }

  /** A Redis server that has just been started or promoted, with the data of an earlier one. */
  startServer(from?: { readonly server: RedisServer; readonly changesAgo: number }): RedisServer {
    const { without } = this;
    const newEpoch = (): string => `00000000-0000-0000-0000-${String(++this.#epochs).padStart(12, '0')}`;
    const server = new RedisServer(`server-${++this.#servers}`, { without, newEpoch }, from?.server.past(from.changesAgo));
    if (from !== undefined && this.setting.cluster) server.entries = from.server.entries;
    // Servers' clocks differ by up to a quarter of an hour.
    server.clockOffset = this.random.below(1_800_000) - 900_000;
    return server;
  }

  restartNode(index: number): void {
    const old = this.nodes[index];
    if (old !== undefined) old.alive = false;
    this.nodes = this.nodes.map((node) => (node === old ? this.options.makeNode(this, index) : node));
  }

  /** Lives through everything, then comes to rest. Stops after each step, so that promises can settle. */
  *play(): Generator<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#tick();
      this.#askSomething();
      for (const { rate, strike } of FAULTS) if (this.random.chance(rate)) strike(this);
      for (let turn = 0; turn < 8; turn++) {
        this.scheduler.step();
        yield;
      }
      for (const node of this.nodes) this.#inspect(node);
    }
    yield* this.#comeToRest();
  }

  #tick(): void {
    if (this.random.chance(0.25)) this.time += this.setting.tick;
  }

  #askSomething(): void {
    const { random } = this;
    const node = random.pick(this.nodes);
    const chance = random.next();
    if (chance < 0.05) node.mutate(random.chance(0.8) ? [random.pick(ROWS)] : [0, random.pick([1, 2] as const)]);
    else if (chance < 0.13) node.read();
    else if (chance < 0.16) this.#readStrongly(node);
    else if (chance < 0.28) node.sync();
    else if (chance < 0.36) node.poll();
  }

  #readStrongly(node: WorldNode): void {
    const writes = this.history.withTokens;
    const last = writes.at(-1);
    if (last === undefined) return;
    const { token, versions } = this.random.chance(0.7) ? last : this.random.pick(writes);
    if (token !== null) node.read({ token, versions });
  }

  /** Reads whatever a client might find on a node at this very moment. */
  #inspect(node: WorldNode): void {
    if (node.stopped || !node.isTrusted()) return;
    const expected = this.history.expect(node.index);
    for (const seen of node.servable()) this.history.check(expected, seen);
  }

  /** No more faults: every node reaches the master and polls, until there is nothing left to apply. */
  *#comeToRest(): Generator<void> {
    this.#isAtRest = true;
    yield* this.#drain();
    for (let round = 0; round < 4; round++) {
      for (const node of this.nodes) {
        node.server = this.master;
        node.poll();
        yield* this.#drain();
      }
    }
    for (const node of this.nodes) {
      for (const seen of node.servable()) this.history.checkAtRest(node.index, seen, this.database);
    }
  }

  *#drain(): Generator<void> {
    // What was asked for may begin only when promises have settled.
    yield;
    for (let steps = 0; !this.scheduler.isIdle; steps++) {
      if (steps > STEPS * 20) return this.fail(new Error('the world does not come to rest'));
      this.time += this.setting.tick;
      this.scheduler.step();
      yield;
    }
  }
}
