import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database, Db } from '../database/database.js';
import { isUnavailable } from '../database/database-error.js';
import { Background } from '../lib/background.js';
import type { Logger } from '../lib/logger.js';
import type { Change, RowImages } from './images.js';

/** Under which epoch changes were taken: a row is marked with it, since another epoch has not heard of the change. */
export type Epoch = string;

export interface RelayOptions {
  readonly database: Pick<Database, 'write'>;
  readonly logger: Logger;
  /** Called at the beginning of each poll, in its transaction. */
  readonly prepare?: (tx: Db) => Promise<void>;
  /** Where changes go. Called also with none: whoever takes them learns that there were none. */
  readonly apply: (images: RowImages) => Promise<Epoch>;
  /** The epoch that `apply` is expected to answer. */
  readonly epoch: () => Epoch;
  /** Told of each poll that was completed within one epoch: everything committed before it began has been applied. */
  readonly onPolled: (poll: { readonly beganAt: number; readonly epoch: Epoch }) => void;
  /** Called when a poll fails, or has no answer within `POLL_DEADLINE_MS`. */
  readonly onUnanswered?: () => void;
  /** Whether a row is done only under the epoch it was applied under; false for tests of that alone. */
  readonly marksPerEpoch?: boolean;
  /** Milliseconds between polls. */
  readonly interval?: number;
  /** For tests whose time is another. */
  readonly rest?: (milliseconds: number, end: AbortSignal) => Promise<unknown>;
}

const INTERVAL = 500;
/** A poll without an answer for so long counts as failed. Interval and deadline together are shorter than the trust window. */
const POLL_DEADLINE_MS = 400;
/** Longest answer timeout: the timeout doubles after each failed poll, since the server may be slow, not silent. */
const LONGEST_PATIENCE_MS = 6_400;
/** Rows per poll; while there are more, the poll goes on. */
const BATCH = 1000;
/** What was applied is marked so many milliseconds later, together; a poll of another node in between applies it once more. */
const GATHERING = 20;
/** Rows that were applied are kept this long: a load may be under way, or another epoch begin, that has not heard of them. */
const KEPT = '10 minutes';
const POLLS_BETWEEN_PRUNINGS = 120;

/**
 * Takes from the outbox what has not been applied under the current epoch, on every node: whatever was committed and
 * not applied, by a node that crashed, a store that was away, or a writer that is none of ours (F4).
 * A plain read, no lock and no cursor: applying twice is harmless.
 */
export class Relay {
  readonly #stopped = new AbortController();
  readonly #pruning: Background;
  #patience = POLL_DEADLINE_MS;
  #running: Promise<void> | null = null;
  #polls = 0;
  /**
   * Rows that this node has applied, with the epoch under which it did: until they are marked, and no poll is under way that
   * may have read them before.
   */
  readonly #done = new Map<string, Epoch>();
  readonly #unmarked = new Map<string, Epoch>();
  /** Rows that this node is applying. */
  readonly #underWay = new Map<string, Promise<void>>();
  #pollsUnderWay = 0;
  #marking: Promise<void> | null = null;
  /** Since the last poll began: what is marked one by one need not be looked at again and again. */
  #hasApplied = false;

  constructor(private readonly options: RelayOptions) {
    this.#pruning = new Background((error) => options.logger.debug({ err: error }, 'the outbox was not pruned'));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when the poll under way has ended. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.#marking;
    await this.#pruning.drain();
  }

  /** One poll. @throws when the database or the ledger cannot be reached. */
  async poll(): Promise<void> {
    this.#pollsUnderWay++;
    try {
      await this.#poll();
    } catch (error) {
      if (isUnavailable(error)) this.options.onUnanswered?.();
      throw error;
    } finally {
      this.#pollsUnderWay--;
      this.#forgetMarked();
    }
  }

  async #poll(): Promise<void> {
    const beganAt = performance.now();
    let { prepare } = this.options;
    const epoch = this.options.epoch();
    const hasApplied = this.#hasApplied;
    this.#hasApplied = false;
    for (;;) {
      const { before, rows, repeated } = await this.#follow(async (tx) => {
        await prepare?.(tx);
        return readUnapplied(tx, this.options.marksPerEpoch === false ? null : epoch);
      });
      prepare = undefined;
      // What this node changes itself is answered once it is applied. Applied again after that, it would take with it what has
      // been loaded since.
      await Promise.allSettled(rows.flatMap((row) => this.#underWay.get(row.id) ?? []));
      const left = rows.filter((row) => this.#done.get(row.id) !== epoch);
      const taken = await this.options.apply(imagesOf([...left, ...repeated]));
      await this.#mark((taken === epoch ? rows : left).map((row) => row.id), taken, (work) => this.#follow(work));
      // Met another epoch: rows that were applied under the last one must be judged again, by another poll.
      if (taken !== epoch) return this.#stopped.signal.aborted ? undefined : this.poll();
      if (rows.length >= BATCH) continue;
      if (hasApplied || rows.length + repeated.length > 0) await this.#note(epoch, before);
      break;
    }
    this.options.onPolled({ beganAt, epoch });
    // The next poll does not wait for it: polls do not read rows that are old enough to be pruned.
    if (this.#polls++ % POLLS_BETWEEN_PRUNINGS === 0) this.#pruning.run(this.options.database.write('platform', prune));
  }

  /** Runs a statement of a poll on the poll's own connection. */
  async #follow<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    let isAnswered = false;
    // Sockets are read between timers and immediates: a process that was busy for longer finds the answer first.
    const late = setTimeout(() => setImmediate(() => isAnswered || this.options.onUnanswered?.()), POLL_DEADLINE_MS);
    try {
      const answer = await this.options.database.write('platform', work, { patience: this.#patience });
      isAnswered = true;
      this.#patience = Math.max(POLL_DEADLINE_MS, this.#patience / 2);
      return answer;
    } catch (error) {
      this.#patience = Math.min(LONGEST_PATIENCE_MS, this.#patience * 2);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Is told that this node applies rows itself: none of its polls does so again, and soon no other node's.
   *
   * @param under the epoch that they were applied under; null when they could not be.
   * @returns when that is known.
   */
  applying(outboxIds: readonly string[], under: Promise<Epoch | null>): Promise<void> {
    const ended = under
      .then((epoch) => {
        if (epoch !== null) this.#applied(outboxIds, epoch);
      })
      .finally(() => {
        for (const id of outboxIds) if (this.#underWay.get(id) === ended) this.#underWay.delete(id);
      });
    for (const id of outboxIds) this.#underWay.set(id, ended);
    return ended;
  }

  /** Of some rows, those that this node has not applied under the epoch: what it has is marked a moment later. */
  unapplied({ outboxIds, changes }: RowImages, epoch: Epoch): RowImages {
    const left = [...outboxIds.keys()].filter((at) => this.#done.get(outboxIds[at] as string) !== epoch);
    return { outboxIds: left.map((at) => outboxIds[at] as string), changes: left.map((at) => changes[at] as Change) };
  }

  #applied(outboxIds: readonly string[], epoch: Epoch): void {
    this.#hasApplied = true;
    for (const id of outboxIds) {
      this.#done.set(id, epoch);
      this.#unmarked.set(id, epoch);
    }
    this.#marking ??= this.#markAll();
  }

  #forgetMarked(): void {
    if (this.#pollsUnderWay > 0) return;
    for (const id of this.#done.keys()) if (!this.#unmarked.has(id)) this.#done.delete(id);
  }

  async #markAll(): Promise<void> {
    const { logger } = this.options;
    while (this.#unmarked.size > 0) {
      await this.#rest(GATHERING);
      const gathered = [...this.#unmarked];
      for (const epoch of new Set(gathered.map(([, under]) => under))) {
        const ids = gathered.filter(([, under]) => under === epoch).map(([id]) => id);
        await this.#mark(ids, epoch, (work) => this.options.database.write('platform', work)).catch((error: unknown) => logger.debug({ err: error }, 'applied changes were not marked'));
      }
      for (const [id, under] of gathered) if (this.#unmarked.get(id) === under) this.#unmarked.delete(id);
      this.#forgetMarked();
    }
    this.#marking = null;
  }

  async #mark(outboxIds: readonly string[], epoch: Epoch, write: (work: (tx: Db) => Promise<unknown>) => Promise<unknown>): Promise<void> {
    if (outboxIds.length === 0) return;
    await write((tx) =>
      tx.execute(sql`
        update outbox set applied_epochs = array_append(applied_epochs, ${epoch}::text), marked_at = coalesce(marked_at, now())
        where id = any(${sql.param(`{${outboxIds.join(',')}}`)}::bigint[]) and not applied_epochs @> array[${epoch}::text]`),
    );
  }

  /** All that transactions before this one wrote has been applied under the epoch, whatever their rows are marked with. */
  async #note(epoch: Epoch, before: string): Promise<void> {
    if (this.options.marksPerEpoch === false) return;
    await this.#follow((tx) =>
      tx.execute(sql`
        insert into outbox_epochs as noted (epoch, applied_before) values (${epoch}, ${before}::xid8)
        on conflict (epoch) do update set applied_before = excluded.applied_before, noted_at = now()
        where noted.applied_before <> excluded.applied_before`),
    );
  }

  async #run(): Promise<void> {
    const { interval = INTERVAL, logger } = this.options;
    let failing = false;
    while (!this.#stopped.signal.aborted) {
      const beganAt = performance.now();
      try {
        await this.poll();
        if (failing) logger.info({}, 'the outbox is being polled again');
        failing = false;
      } catch (error) {
        if (!failing && !this.#stopped.signal.aborted) logger.warn({ err: error }, 'the outbox cannot be polled: what is stored is served as stale at most');
        failing = true;
      }
      await this.#rest(Math.max(0, interval - (performance.now() - beganAt)));
    }
  }

  /** Ends early when the relay is closed. */
  async #rest(milliseconds: number): Promise<void> {
    const { rest = restInTime } = this.options;
    await rest(milliseconds, this.#stopped.signal).catch(() => undefined);
  }
}

function restInTime(milliseconds: number, signal: AbortSignal): Promise<void> {
  return pause(milliseconds, undefined, { signal, ref: false });
}

interface OutboxRow {
  readonly id: string;
  readonly table: string;
  readonly partition: string;
  readonly images: Change['images'];
}

interface Unapplied {
  /** The transaction before which all have ended: their rows are among these, or have been applied. */
  readonly before: string;
  readonly rows: readonly OutboxRow[];
  /** What was applied under other epochs, without further details. */
  readonly repeated: readonly Omit<OutboxRow, 'id'>[];
}

/** @param epoch null for what has been applied under none. */
async function readUnapplied(tx: Db, epoch: Epoch | null): Promise<Unapplied> {
  const found = await tx
    .select({
      before: sql<string>`before`,
      id: sql<string | null>`id`,
      table: sql<string | null>`table_name`,
      partition: sql<string>`partition`,
      images: sql<Change['images']>`images`,
    })
    .from(sql`outbox_to_poll(${epoch}, ${KEPT}, ${BATCH})`);
  const rows: OutboxRow[] = [];
  const repeated: Omit<OutboxRow, 'id'>[] = [];
  for (const { id, table, partition, images } of found) {
    if (table === null) continue;
    if (id === null) repeated.push({ table, partition, images });
    else rows.push({ id, table, partition, images });
  }
  const [first] = found;
  if (first === undefined) throw new Error('outbox_to_poll() says nothing');
  return { before: first.before, rows, repeated };
}

async function prune(tx: Db): Promise<void> {
  const old = sql`now() - ${sql.raw(`interval '${KEPT}'`)}`;
  await tx.execute(sql`delete from outbox where marked_at < ${old}`);
  // Then none of the rows that it was said of is left.
  await tx.execute(sql`delete from outbox_epochs where noted_at < ${old}`);
}

function imagesOf(rows: readonly (Omit<OutboxRow, 'id'> & { readonly id?: string })[]): RowImages {
  return {
    outboxIds: rows.flatMap(({ id }) => id ?? []),
    changes: rows.map(({ table, partition, images }) => ({ table, partition, images })),
  };
}
