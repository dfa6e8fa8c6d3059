import { tagsOf, type OutboxRow, type Row, type Versions } from './database.js';
import type { Token } from './history.js';
import { mutate, poll, sync } from './operations.js';
import { read } from './reading.js';
import type { RedisServer, ScriptCall, ScriptReply } from './redis.js';
import type { Steps } from './scheduler.js';
import { BOUND, WorldNode } from './world.js';

/** The place in the ledger at which a load began. Without an epoch, the node knows no ledger yet. */
export interface Stamp {
  readonly epoch: string;
  readonly position: number;
}

export interface Entry {
  readonly stamp: Stamp;
  readonly partition: 'shop' | 'global';
  readonly tags: readonly string[];
  readonly versions: Versions;
}

/** A load under way: whoever joins waits for its entry. */
export interface Flight {
  entry: Entry | null;
}

export const TINY_LEDGER = 4;
const UNBOUNDED = 1_000_000;

/** A node that follows the rules, or all but some: its copy of the ledger, and when it may serve what is stored. */
export class ModelNode extends WorldNode {
  stamp: Stamp = { epoch: '', position: 0 };
  readonly memory = new Map<string, Entry>();
  readonly flights = new Map<string, Flight>();
  /** Changes that the ledger did not answer: their tags are unreadable. */
  readonly pending = new Set<OutboxRow>();
  readonly #positions = new Map<string, number>();
  readonly #floors = new Map<string, number>();
  /** How many epochs it has entered, the same one twice counted twice. */
  visits = 0;
  #syncedAt = -Infinity;
  #polledAt = -Infinity;

  sync(): void {
    this.spawn(sync(this));
  }

  poll(): void {
    this.spawn(poll(this));
  }

  mutate(rows: readonly Row[]): void {
    this.spawn(mutate(this, rows));
  }

  read(after?: { readonly token: Token; readonly versions: Versions }): void {
    this.spawn(read(this, after));
  }

  spawn(steps: Steps): void {
    this.world.scheduler.spawn(steps, this);
  }

  /** Sends a command and waits for its reply; null when it failed, whether or not it was executed. */
  *ask<T>(run: (server: RedisServer) => T): Steps<T | null> {
    let answer: { readonly reply: T | null } | undefined;
    this.world.network.send({
      sender: this,
      server: this.server,
      run,
      settle: (outcome) => (answer = { reply: outcome.ok ? outcome.reply : null }),
    });
    yield () => answer !== undefined;
    return answer?.reply ?? null;
  }

  call(tags: readonly string[]): ScriptCall {
    const { epoch, position } = this.stamp;
    const maxTags = this.world.setting.tinyLedger ? TINY_LEDGER : UNBOUNDED;
    return { knownEpoch: epoch, knownPosition: position, cursor: position, maxTags, page: UNBOUNDED, tags };
  }

  /** Takes over what the script replied to a call. @returns false for a reply about an epoch that this node has left. */
  absorb(reply: ScriptReply, { knownEpoch }: ScriptCall, sentAt: number): boolean {
    if (!this.#enter(reply, knownEpoch)) return false;
    for (const [member, position] of reply.reported) this.#record(member, position);
    this.stamp = { epoch: reply.epoch, position: Math.max(this.stamp.position, reply.position) };
    this.#syncedAt = Math.max(this.#syncedAt, sentAt);
    return true;
  }

  /** The mistake of taking over one's own position without what others wrote before it. */
  jump(reply: ScriptReply, { knownEpoch, tags }: ScriptCall): boolean {
    if (!this.#enter(reply, knownEpoch)) return false;
    for (const tag of tags) this.#record(tag, reply.position);
    this.stamp = { epoch: reply.epoch, position: Math.max(this.stamp.position, reply.position) };
    return true;
  }

  /** A poll has ended that found all there was when it began, for the epoch that this node is in. */
  polled(beganAt: number): void {
    this.#polledAt = Math.max(this.#polledAt, beganAt);
  }

  isTrusted(): boolean {
    const { without, time } = this.world;
    if (without.has('notrust')) return this.stamp.epoch !== '';
    return time - this.#syncedAt < BOUND && (without.has('nopolltrust') || time - this.#polledAt < BOUND);
  }

  isValid({ stamp, tags, partition }: Entry): boolean {
    const { without } = this.world;
    if (stamp.epoch !== this.stamp.epoch) return false;
    if (!without.has('nofloor') && stamp.position < this.#floorOf(partition)) return false;
    if (tags.some((tag) => (this.#positions.get(tag) ?? 0) > stamp.position)) return false;
    return !tagsOf([...this.pending]).some((tag) => tags.includes(tag));
  }

  *servable(): Iterable<Versions> {
    for (const store of [this.memory, this.server.entries as Map<string, Entry>]) {
      for (const entry of store.values()) if (this.isValid(entry)) yield entry.versions;
    }
  }

  /** Goes over to the reply's epoch, where everything starts from nothing. */
  #enter(reply: ScriptReply, knownEpoch: string): boolean {
    const { epoch } = this.stamp;
    if (epoch === reply.epoch) return true;
    if (epoch !== knownEpoch) return false;
    const position = this.world.without.has('keeppos') ? this.stamp.position : 0;
    this.stamp = { epoch: reply.epoch, position };
    this.visits++;
    this.#positions.clear();
    this.#floors.clear();
    this.memory.clear();
    this.#syncedAt = this.#polledAt = -Infinity;
    return true;
  }

  #record(member: string, position: number): void {
    if (member.startsWith('\0f')) raise(this.#floors, member.slice(2), position);
    else if (!member.startsWith('\0')) raise(this.#positions, member, position);
  }

  #floorOf(partition: string): number {
    return Math.max(this.#floors.get(partition) ?? 0, this.#floors.get('global') ?? 0);
  }
}

function raise(map: Map<string, number>, name: string, position: number): void {
  map.set(name, Math.max(map.get(name) ?? 0, position));
}
