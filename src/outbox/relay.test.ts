import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database, Following } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import { silentLogger } from '../lib/logger.js';
import { Relay } from './relay.js';

describe('D4 a poll of the outbox', () => {
  const patience: number[] = [];
  let unanswered = 0;
  let polled = 0;
  let answer: (milliseconds: number) => Promise<void>;
  let relay: Relay;

  beforeEach(() => {
    vi.useFakeTimers();
    patience.length = unanswered = polled = 0;
    const write = async (_: unknown, work: (tx: unknown) => Promise<unknown>, following?: Following): Promise<unknown> => {
      // Pruning is none of it.
      if (following === undefined) return undefined;
      patience.push(following.patience);
      await answer(following.patience);
      return work(rowsOf([{ before: '1', id: null, table: null, partition: '', images: null }]));
    };
    relay = new Relay({
      database: { write: write as Database['write'] },
      logger: silentLogger,
      apply: () => Promise.resolve('e'),
      epoch: () => 'e',
      onPolled: () => polled++,
      onUnanswered: () => unanswered++,
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** As a connection that is given up. */
  const hangs = (milliseconds: number): Promise<void> =>
    new Promise((_, reject) => setTimeout(() => reject(new DatabaseError('DATABASE_UNAVAILABLE', 'no answer')), milliseconds));

  it('counts as failed 400 ms after it was sent, before a node stops to trust what it stored', async () => {
    answer = () => new Promise(() => undefined);
    void relay.poll();
    await vi.advanceTimersByTimeAsync(399);
    expect(unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(unanswered).toBe(1);
  });

  it('does not count as failed when its answer lay unread while the process was busy', async () => {
    let arrive = (): void => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    const polling = relay.poll();
    // As sockets are read: behind the timers and ahead of immediates.
    setTimeout(() => arrive(), 400);
    await vi.advanceTimersByTimeAsync(401);
    await polling;
    expect({ unanswered, polled }).toEqual({ unanswered: 0, polled: 1 });
  });

  it('counts as failed at once when the database refuses, and not for another reason', async () => {
    answer = () => Promise.reject(new DatabaseError('DATABASE_UNAVAILABLE', 'refused'));
    await expect(relay.poll()).rejects.toThrow('refused');
    expect(unanswered).toBe(1);
    answer = () => Promise.reject(new Error('a mistake'));
    await expect(relay.poll()).rejects.toThrow('a mistake');
    expect(unanswered).toBe(1);
  });

  it('gives a server that is slow twice as long each time, up to a bound, and half as long when it answers', async () => {
    answer = hangs;
    for (let times = 0; times < 6; times++) {
      const failing = expect(relay.poll()).rejects.toThrow('no answer');
      await vi.advanceTimersByTimeAsync(10_000);
      await failing;
    }
    expect(patience).toEqual([400, 800, 1_600, 3_200, 6_400, 6_400]);
    answer = () => Promise.resolve();
    await relay.poll();
    await relay.poll();
    expect(patience.slice(6)).toEqual([6_400, 3_200]);
    expect(polled).toBe(2);
  });
});

/** As much of a transaction as reading the outbox uses. */
function rowsOf(rows: readonly unknown[]): unknown {
  return { select: () => ({ from: () => Promise.resolve(rows) }) };
}
