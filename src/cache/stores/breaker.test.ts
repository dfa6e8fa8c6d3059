import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breaker } from './breaker.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const probes: ((answered: boolean) => void)[] = [];
  const changes: boolean[] = [];
  const breaker = new Breaker({
    probe: () => new Promise((resolve) => probes.push(resolve)),
    onChange: (closed) => changes.push(closed),
  });
  const answer = async (answered: boolean): Promise<void> => {
    probes.at(-1)?.(answered);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { breaker, probes, changes, answer };
}

describe('breaker (D1)', () => {
  it('opens at once after a grave failure, and after three others in a row', () => {
    const grave = setUp().breaker;
    grave.failed(0, true);
    expect(grave.closed).toBe(false);

    const { breaker } = setUp();
    breaker.failed(0, false);
    breaker.failed(0, false);
    breaker.succeeded(0);
    breaker.failed(0, false);
    breaker.failed(0, false);
    expect(breaker.closed).toBe(true);
    breaker.failed(0, false);
    expect(breaker.closed).toBe(false);
  });

  it('has one probe under way at a time, the next one after twice the time, up to half a second', async () => {
    const { breaker, probes, answer } = setUp();
    breaker.failed(0, true);
    for (const wait of [100, 200, 400, 500, 500]) {
      const before = probes.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(probes).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(probes).toHaveLength(before + 1);
      await vi.advanceTimersByTimeAsync(5000);
      expect(probes).toHaveLength(before + 1);
      await answer(false);
    }
    expect(breaker.closed).toBe(false);
  });

  it('closes with the first probe that is answered, and tells so once', async () => {
    const { breaker, changes, answer } = setUp();
    breaker.failed(0, true);
    breaker.failed(0, true);
    await vi.advanceTimersByTimeAsync(100);
    await answer(true);
    expect([breaker.closed, breaker.period, changes]).toEqual([true, 1, [false, true]]);
    breaker.failed(1, true);
    await vi.advanceTimersByTimeAsync(100);
    await answer(true);
    expect(changes).toEqual([false, true, false, true]);
  });

  it('what began in an earlier closed time neither opens it nor speaks for the store', async () => {
    const { breaker, answer } = setUp();
    breaker.failed(0, true);
    await vi.advanceTimersByTimeAsync(100);
    await answer(true);
    breaker.failed(0, true);
    expect(breaker.closed).toBe(true);
    breaker.failed(1, false);
    breaker.failed(1, false);
    breaker.succeeded(0);
    breaker.failed(1, false);
    expect(breaker.closed).toBe(false);
  });

  it('stopped, it stays open', async () => {
    const { breaker, probes, answer } = setUp();
    breaker.failed(0, true);
    await vi.advanceTimersByTimeAsync(100);
    breaker.stop();
    await answer(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([breaker.closed, probes.length]).toEqual([false, 1]);
  });
});
