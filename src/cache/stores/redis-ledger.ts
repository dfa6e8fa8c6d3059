/* More than 300 lines: one script answers every call, and what its replies mean for the copy is told in one place. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.js';
import { withDeadline } from '../../lib/deadline.js';
import type { Logger } from '../../lib/logger.js';
import { CacheError } from '../core/errors.js';
import type { Stamp } from '../core/entry.js';
import { LEDGER_MAX_TAGS, LedgerCopy, type Invalidation, type Ledger, type LedgerReport } from '../core/ledger.js';
import type { Without } from '../core/mechanisms.js';
import { covers } from '../core/position-token.js';
import { StandingClock, type Standing } from '../core/standing.js';
import type { Partition, Tag } from '../core/tags.js';
import { ledgerScript } from './ledger-script.js';
import { RedisScript } from './redis-script.js';

/** What the ledger needs of a Redis client: a command sent as it is, and a subscription of its own connection. */
export interface LedgerConnection {
  sendCommand(parts: readonly string[]): Promise<unknown>;
  /** Calls `wake` with the ledger's position whenever a node, this one too, has invalidated something. A hint: nothing depends on it. */
  subscribe(channel: string, wake: (position: string) => void): Promise<() => Promise<void>>;
}

export interface RedisLedgerOptions {
  readonly connection: LedgerConnection;
  readonly prefix: string;
  readonly databaseId: string;
  readonly clock: Clock;
  /** Milliseconds after which a call of the script counts as failed. */
  readonly deadlineMs: number;
  readonly maxTags?: number;
  /** False where no change can be committed without this process knowing. */
  readonly needsPolls: boolean;
  readonly logger: Logger;
  readonly without?: Without;
  /** Called when another epoch begins: whatever was stored under the old one is worth nothing. */
  readonly onEpoch?: () => void;
}

const SYNC_INTERVAL_MS = 250;
const PAGE = 10_000;
/**
 * So many tags go into one call. One that took the server longer than the deadline would be done all the same, and asked for
 * again: whoever has very many would never be through.
 */
const MOST_AT_ONCE = 5_000;

/** Epochs are few: each is the end of everything stored. */
const REMEMBERED_EPOCHS = 100;

/** Further than a ledger gets while a call is under way. */
const BEYOND = 1_000_000;

interface Reply {
  readonly epoch: string;
  readonly position: number;
  readonly serverTime: number;
  readonly reached: number;
  readonly complete: boolean;
  readonly replaced: readonly number[];
  readonly reported: readonly (readonly [string, number])[];
}

/**
 * The ledger that several processes share, on Redis: this process's copy of it is always a gapless prefix.
 * Every rule here was found necessary in a model with kills, flushes, old dumps, fail-over and split brain.
 */
export class RedisLedger implements Ledger {
  readonly #copy: LedgerCopy;
  readonly #script: RedisScript;
  readonly #key: string;
  readonly #channel: string;
  /** Server time minus `performance.now()`: lifetimes are measured on the store's clock, whatever the wall clock does. */
  #offset: number;
  /** Epochs that were this node's before, the oldest first. */
  readonly #left = new Set<string>();
  readonly #standing: StandingClock;
  #syncing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => Promise<void>) | undefined;
  #closed = false;

  constructor(private readonly options: RedisLedgerOptions) {
    this.#copy = new LedgerCopy('', options.maxTags ?? LEDGER_MAX_TAGS);
    this.#standing = new StandingClock(options.needsPolls, () => performance.now(), options.without);
    this.#script = new RedisScript(ledgerScript({ epochRule: options.without?.has('epoch-rule') !== true }));
    // One slot, whatever else is stored: the braces are Redis Cluster's hash tag.
    this.#key = `${options.prefix}:{ledger:${options.databaseId}}`;
    this.#channel = `${options.prefix}:ledger:${options.databaseId}`;
    this.#offset = options.clock.now() - performance.now();
  }

  /**
   * Loads the copy and begins to keep it up to date. Resolves also while Redis is away: the node is then alone.
   *
   * @throws CacheError CACHE_STORE_REFUSED when the Redis user lacks the rights that the ledger needs.
   */
  async start(): Promise<void> {
    try {
      await this.sync();
    } catch (error) {
      if (isRefused(error)) throw new CacheError('CACHE_STORE_REFUSED', REFUSED);
      this.options.logger.warn({ err: error }, 'the ledger could not be loaded yet');
    }
    this.#schedule();
    try {
      this.#unsubscribe = await this.options.connection.subscribe(this.#channel, (position) => this.#wake(position));
    } catch (error) {
      this.options.logger.warn({ err: error }, 'no wake-ups from the ledger: its copy is brought up to date by the clock alone');
    }
  }

  get epoch(): string {
    return this.#copy.epoch;
  }

  get position(): number {
    return this.#copy.position;
  }

  get changes(): number {
    return this.#copy.changes;
  }

  get hasPending(): boolean {
    return this.#copy.hasPending;
  }

  floorOf(partition: Partition): number {
    return this.#copy.floorOf(partition);
  }

  positionOf(tag: Tag): number {
    return this.#copy.positionOf(tag);
  }

  isPending(tags: readonly Tag[]): boolean {
    return this.#copy.isPending(tags);
  }

  suspend(tags: readonly Tag[]): void {
    this.#copy.suspend(tags);
  }

  settle(tags: readonly Tag[]): void {
    this.#copy.settle(tags);
  }

  stamp(): Stamp {
    return { epoch: this.#copy.epoch, position: this.#copy.position };
  }

  now(): number {
    return performance.now() + this.#offset;
  }

  standing(): Standing {
    return this.#standing.standing;
  }

  polled({ beganAt, epoch }: { readonly beganAt: number; readonly epoch: string }): void {
    if (epoch === this.#copy.epoch) this.#standing.polled(beganAt);
  }

  pollFailed(): void {
    this.#standing.pollFailed();
  }

  get isSourceAway(): boolean {
    return this.#standing.isSourceAway;
  }

  async invalidate(tags: readonly Tag[]): Promise<Invalidation> {
    const knownEpoch = this.#copy.epoch;
    // A tag given twice would be told that it replaced itself.
    const once = [...new Set(tags)];
    let reply = await this.#call(once.slice(0, MOST_AT_ONCE));
    const { epoch } = reply;
    for (let at = MOST_AT_ONCE; at < once.length; at += MOST_AT_ONCE) {
      reply = await this.#call(once.slice(at, at + MOST_AT_ONCE));
      if (reply.epoch !== epoch) throw new Error('the ledger began another epoch while it was written to');
    }
    const { position, replaced } = reply;
    // Between several calls others may have come in: nobody may go by what was replaced.
    const isOne = once.length <= MOST_AT_ONCE;
    // The reply says what its server did; if this node has gone over to another epoch meanwhile, that is worth nothing here.
    if (knownEpoch !== '' && this.#copy.epoch !== epoch) throw new Error('the ledger began another epoch while it was written to');
    return { epoch, position, replaced: new Map(once.map((tag, index) => [tag, isOne ? (replaced[index] ?? 0) : position])) };
  }

  /** Joins a sync only if it has not been sent yet: what is promised is the state after this call (see `Ledger.sync`). */
  async sync(): Promise<void> {
    this.#syncing ??= Promise.resolve().then(() => {
      this.#syncing = null;
      return this.#call([]).then(() => undefined);
    });
    await this.#syncing;
  }

  report(): LedgerReport {
    return {
      kind: 'redis',
      epoch: this.epoch,
      position: this.position,
      tags: this.#copy.size,
      pending: this.#copy.pending,
      trusted: this.standing() === 'trusted',
      lag: this.#standing.lag,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#unsubscribe?.().catch(() => undefined);
  }

  /** What this node has invalidated itself came back with the reply, and wakes it all the same. */
  #wake(position: string): void {
    if (covers(this, position)) return;
    this.sync().catch(() => undefined);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.sync()
        .catch((error: unknown) => this.options.logger.debug({ err: error }, 'the ledger cannot be reached'))
        .finally(() => this.#schedule());
    }, SYNC_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Calls the script until everything above what this node knows was reported, and takes it over. */
  async #call(tags: readonly Tag[]): Promise<Reply> {
    const sentAt = performance.now();
    const knownEpoch = this.#copy.epoch;
    const first = await this.#enter(tags);
    this.#adopt(first, knownEpoch);
    let reply = first;
    while (!reply.complete) {
      reply = await this.#run([], reply.reached);
      if (reply.epoch !== first.epoch) throw new Error('the ledger began another epoch while it was read');
      this.#adopt(reply, first.epoch);
    }
    // Only now is the copy a gapless prefix up to here: the pages before were no more than early warnings.
    if (this.#copy.epoch === first.epoch) {
      this.#copy.advance(reply.position);
      this.#standing.synced(sentAt);
    }
    return first;
  }

  /**
   * Calls the script, and never goes back to an epoch that this node has left: what it has answered meanwhile under another
   * one may be missing there. The server is told of a position that it cannot have, so that it begins a new one.
   */
  async #enter(tags: readonly Tag[]): Promise<Reply> {
    const reply = await this.#run(tags, this.#copy.position);
    if (!this.#left.has(reply.epoch) || this.options.without?.has('epoch-rule') === true) return reply;
    const next = await this.#run(tags, -1, { epoch: reply.epoch, position: reply.position + BEYOND });
    if (this.#left.has(next.epoch)) throw new Error('the ledger stays in an epoch that this node has left');
    return next;
  }

  #adopt(reply: Reply, knownEpoch: string): void {
    // This node went over to another epoch while the call was under way: the reply is about the past.
    if (this.#copy.epoch !== knownEpoch && this.#copy.epoch !== reply.epoch) return;
    const offset = reply.serverTime - performance.now();
    if (this.#copy.epoch !== reply.epoch) {
      if (this.#copy.epoch !== '') this.options.logger.warn({ epoch: reply.epoch }, 'the ledger began another epoch: everything stored is a miss');
      this.#leave(this.#copy.epoch);
      // From nothing: not the larger of both positions, and no trust before everything was reported.
      this.#copy.restart(reply.epoch, 0);
      this.#standing.reset();
      this.options.onEpoch?.();
      this.#offset = offset;
    }
    // A reply that was long on its way shows too early a time. Within an epoch the clock is never put back: what was loaded
    // a second ago would look younger than it is (F3).
    this.#offset = Math.max(this.#offset, offset);
    for (const [member, position] of reply.reported) {
      if (!member.startsWith('\0')) this.#copy.record(member as Tag, position);
      else if (member.startsWith('\0f')) this.#copy.raiseFloor(member.slice(2) as Partition, position);
    }
  }

  #leave(epoch: string): void {
    this.#left.add(epoch);
    const [oldest] = this.#left;
    if (this.#left.size > REMEMBERED_EPOCHS && oldest !== undefined) this.#left.delete(oldest);
  }

  async #run(tags: readonly Tag[], cursor: number, known: Stamp = this.stamp()): Promise<Reply> {
    const { deadlineMs, maxTags = LEDGER_MAX_TAGS, connection } = this.options;
    const rest = [
      '1',
      this.#key,
      known.epoch,
      String(known.position),
      String(cursor),
      randomUUID(),
      String(maxTags),
      String(PAGE),
      this.#channel,
      ...tags,
    ];
    const answer = this.#script.run(
      (sha) => connection.sendCommand(['EVALSHA', sha, ...rest]),
      (text) => connection.sendCommand(['EVAL', text, ...rest]),
    );
    return parse(await withDeadline(answer, deadlineMs, 'the ledger did not answer in time'));
  }
}

const REFUSED =
  'The Redis user may not run the ledger: grant it +@read +@write +@scripting +@transaction +@connection +@pubsub +info +time +ping and the key and channel patterns of CACHE_PREFIX.';

function isRefused(error: unknown): boolean {
  return error instanceof Error && /NOPERM|can't run this command or subcommand|No permissions/i.test(error.message);
}

function parse(reply: unknown): Reply {
  const [epoch, position, micros, reached, complete, replaced, reported] = reply as [string, string, string, string, number, string[], string[]];
  const pairs: [string, number][] = [];
  for (let at = 0; at + 1 < reported.length; at += 2) pairs.push([reported[at] as string, Number(reported[at + 1])]);
  return {
    epoch,
    position: Number(position),
    serverTime: Number(micros) / 1000,
    reached: Number(reached),
    complete: complete === 1,
    replaced: replaced.map(Number),
    reported: pairs,
  };
}
