import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../lib/logger.js';
import { stopOnSignals, type StopOptions } from './stop-on-signals.js';

function run(
  close: () => Promise<void>,
  { timeout = 1_000, delay = 0, retire = () => undefined }: Partial<Pick<StopOptions, 'timeout' | 'delay' | 'retire'>> = {},
): { signal(name: string): void; exited: Promise<number>; codes: number[] } {
  const listeners = new Map<string, () => void>();
  const codes: number[] = [];
  let leave!: (code: number) => void;
  const exited = new Promise<number>((resolve) => (leave = resolve));
  const target = {
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    exit: (code: number) => {
      codes.push(code);
      leave(code);
    },
  } as unknown as NonNullable<StopOptions['process']>;
  const options = { retire, delay, close, timeout, logger: silentLogger, process: target };
  stopOnSignals(options);
  return { signal: (name) => listeners.get(name)?.(), exited, codes };
}

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'])('%s closes once and ends with 0', async (name) => {
    const close = vi.fn(() => Promise.resolve());
    const service = run(close);
    service.signal(name);
    expect(await service.exited).toBe(0);
    expect(close).toHaveBeenCalledOnce();
  });

  it('ends with 1 when closing fails', async () => {
    const service = run(() => Promise.reject(new Error('stuck')));
    service.signal('SIGTERM');
    expect(await service.exited).toBe(1);
  });

  it('ends with 1 when closing takes too long', async () => {
    const service = run(() => new Promise(() => undefined), { timeout: 1 });
    service.signal('SIGTERM');
    expect(await service.exited).toBe(1);
  });

  it('first makes the service say that it is not ready, and closes it after the delay', async () => {
    vi.useFakeTimers();
    try {
      const happened: string[] = [];
      const close = (): Promise<void> => {
        happened.push('closed');
        return Promise.resolve();
      };
      const service = run(close, { delay: 5_000, retire: () => happened.push('retired') });
      service.signal('SIGTERM');
      await vi.advanceTimersByTimeAsync(4_999);
      expect(happened).toEqual(['retired']);
      await vi.advanceTimersByTimeAsync(1);
      expect(happened).toEqual(['retired', 'closed']);
      expect(await service.exited).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('given twice ends at once, with its own code', () => {
    const service = run(() => new Promise(() => undefined));
    service.signal('SIGTERM');
    service.signal('SIGINT');
    expect(service.codes).toEqual([130]);
  });
});
