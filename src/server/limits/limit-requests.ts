import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooMany } from './too-many.js';

export interface RequestLimiter {
  /** Rejects with a LarderError RATE_LIMITED when it was too much. */
  take(key: string, operations?: number): Promise<unknown>;
}

const MINUTE = 60;

/**
 * Bounds the operations of one viewer in a minute. Counted by each node for itself: to ask Redis would cost every request,
 * those that memory answers too, a round trip.
 */
export function limitRequests(perMinute: number | null): RequestLimiter {
  if (perMinute === null) return { take: () => Promise.resolve() };
  const limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE, keyPrefix: '' });
  const refuse = (refused: unknown): never => {
    throw refused instanceof RateLimiterRes ? tooMany('RATE_LIMITED', refused.msBeforeNext) : refused;
  };
  return { take: (key, operations = 1) => limiter.consume(key, operations).catch(refuse) };
}
