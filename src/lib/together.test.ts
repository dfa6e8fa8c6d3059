import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Together } from './together.js';
import { PATIENT } from '../../test/support/patience.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what is done together', () => {
  it('is done once for each, in order, at the end of the turn and not before', async () => {
    const done: number[] = [];
    const together = new Together<number>((item) => done.push(item));
    together.add(1);
    together.add(2);
    await Promise.resolve();
    expect(done).toEqual([]);
    await turn();
    expect(done).toEqual([1, 2]);
    together.add(3);
    await turn();
    expect(done).toEqual([1, 2, 3]);
  });

  it('waits for nothing that is added while it is done', async () => {
    const done: number[] = [];
    const together = new Together<number>((item) => {
      done.push(item);
      if (item < 3) together.add(item + 1);
    });
    together.add(1);
    await turn();
    expect(done).toEqual([1]);
    await turn();
    await turn();
    expect(done).toEqual([1, 2, 3]);
  });

  it('is done for the others, too, when one of them throws', async () => {
    const done: number[] = [];
    const together = new Together<number>((item) => {
      if (item === 2) throw new Error('the second');
      done.push(item);
    });
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      const thrown = once(process, 'uncaughtException');
      for (const item of [1, 2, 3]) together.add(item);
      expect(await thrown).toMatchObject([{ message: 'the second' }, 'uncaughtException']);
      await vi.waitFor(() => {
        expect(done).toEqual([1, 3]);
      }, PATIENT);
    } finally {
      for (const other of others) process.on('uncaughtException', other);
    }
  });
});
