import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../lib/logger.js';
import { stopOnSignals, type StopOptions } from './stop-on-signals.js';

function run(
  close: () => Promise<void>,
  timeout = 1_000,
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
  stopOnSignals({ close, timeout, logger: silentLogger, process: target });
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
    const service = run(() => new Promise(() => undefined), 1);
    service.signal('SIGTERM');
    expect(await service.exited).toBe(1);
  });

  it('given twice ends at once, with its own code', () => {
    const service = run(() => new Promise(() => undefined));
    service.signal('SIGTERM');
    service.signal('SIGINT');
    expect(service.codes).toEqual([130]);
  });
});
