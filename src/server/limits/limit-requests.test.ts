import { describe, expect, it } from 'vitest';
import { limitRequests } from './limit-requests.js';

describe('limits of requests', () => {
  const refusal = (retryAfter: number) => expect.objectContaining({ extensions: expect.objectContaining({ code: 'RATE_LIMITED', retryAfter }) as unknown }) as Error;

  it('counts each viewer for itself, and each operation of a list', () => {
    let time = 5_000;
    const limiter = limitRequests(3, () => time);
    limiter.take('viewer a', 3);
    limiter.take('viewer b');
    time += 40_000;
    expect(() => limiter.take('viewer a')).toThrow(refusal(20));
    limiter.take('viewer b', 2);
    expect(() => limiter.take('viewer c', 4)).toThrow(refusal(20));
  });

  it('forgets everybody when the minute is over', () => {
    let time = 0;
    const limiter = limitRequests(1, () => time);
    limiter.take('viewer a');
    time = 59_999;
    expect(() => limiter.take('viewer a')).toThrow(refusal(1));
    time = 60_000;
    limiter.take('viewer a');
    expect(() => limiter.take('viewer a')).toThrow(refusal(60));
  });

  it('refuses nobody without a limit', () => {
    const limiter = limitRequests(null);
    expect(() => limiter.take('viewer a', 1_000_000)).not.toThrow();
  });
});
