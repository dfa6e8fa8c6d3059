import { setTimeout as pause } from 'node:timers/promises';

export interface Arrivals {
  /** Requests in a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Sends one request; its latency counts from when it was due, in milliseconds of `performance.now`. */
  readonly send: (index: number, scheduled: number) => Promise<unknown>;
  readonly isOver?: () => boolean;
}

/**
 * Sends at a fixed rate, whether or not earlier requests were answered: a client that waits for answers sends less to a hung
 * server, and hides latency (coordinated omission). Resolves when all requests have been answered.
 */
export async function sendAtRate({ rate, seconds, send, isOver = () => false }: Arrivals): Promise<void> {
  const began = performance.now();
  const underWay: Promise<unknown>[] = [];
  for (let index = 0; index < rate * seconds && !isOver(); index++) {
    const scheduled = began + (index * 1000) / rate;
    const wait = scheduled - performance.now();
    if (wait > 0) await pause(wait);
    // A timer may fire a fraction of a millisecond early.
    underWay.push(send(index, Math.min(scheduled, performance.now())));
  }
  await Promise.all(underWay);
}
