import { tooMany } from './too-many.js';

export interface RequestLimiter {
  /** @throws LarderError RATE_LIMITED when it was too much. */
  take(key: string, operations?: number): void;
}

const MINUTE = 60_000;

/**
 * Bounds the operations of one viewer in a minute. Counted by each node for itself: to ask Redis would cost every request,
 * those that memory answers too, a round trip.
 *
 * Counted here and not by a library, which answers with a promise: a hit waits for nothing. One minute for all: when it is
 * over, nobody's count is kept (C4).
 *
 * @param now milliseconds that only go forward.
 */
export function limitRequests(perMinute: number | null, now: () => number = () => performance.now()): RequestLimiter {
  if (perMinute === null) return { take: () => undefined };
  const taken = new Map<string, number>();
  let over = now() + MINUTE;
  return {
    take: (key, operations = 1) => {
      const time = now();
      if (time >= over) {
        taken.clear();
        over = time + MINUTE;
      }
      const count = (taken.get(key) ?? 0) + operations;
      taken.set(key, count);
      if (count > perMinute) throw tooMany('RATE_LIMITED', over - time);
    },
  };
}
