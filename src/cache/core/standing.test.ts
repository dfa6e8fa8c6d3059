import { describe, expect, it } from 'vitest';
import { StandingClock, TRUST_MS } from './standing.js';

function setUp({ needsPolls = true } = {}) {
  const time = { now: 0 };
  return { time, clock: new StandingClock(needsPolls, () => time.now) };
}

describe('how far a node may rely on its copy', () => {
  it('F4 is alone before the first sync and a second after the last one was sent', () => {
    const { time, clock } = setUp();
    expect(clock.standing).toBe('alone');
    expect(clock.lag).toBe(-1);
    clock.synced(0);
    clock.polled(0);
    time.now = TRUST_MS - 1;
    expect(clock.standing).toBe('trusted');
    time.now = TRUST_MS;
    expect(clock.standing).toBe('alone');
  });

  it('D2 is synced, and no more, while only the polls fail', () => {
    const { time, clock } = setUp();
    clock.synced(0);
    clock.polled(0);
    time.now = 1500;
    clock.synced(1400);
    expect(clock.standing).toBe('synced');
    expect(clock.lag).toBe(1500);
  });

  it('D4 takes the source for away from a poll that it left unanswered to one that is completed', () => {
    const { clock } = setUp();
    expect(clock.isSourceAway).toBe(false);
    clock.polled(0);
    clock.pollFailed();
    expect(clock.isSourceAway).toBe(true);
    clock.polled(500);
    expect(clock.isSourceAway).toBe(false);
  });

  it('F5 trusts nothing in another epoch before it was synced and polled in that', () => {
    const { clock } = setUp();
    clock.synced(0);
    clock.polled(0);
    clock.reset();
    expect(clock.standing).toBe('alone');
    clock.synced(0);
    expect(clock.standing).toBe('alone');
    clock.polled(0);
    expect(clock.standing).toBe('trusted');
  });

  it('does without polls where nobody else can write, and never goes back in time', () => {
    const { time, clock } = setUp({ needsPolls: false });
    clock.synced(500);
    clock.synced(100);
    time.now = 1400;
    expect(clock.standing).toBe('trusted');
    expect(clock.lag).toBe(900);
  });
});
