import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnhurriedCommands } from './unhurried.js';

describe('commands that nobody waits for', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const setUp = () => {
    const unhurried = new UnhurriedCommands();
    const sent: string[] = [];
    const run = (name: string): Promise<string> =>
      unhurried.run(() => {
        sent.push(name);
        return name === 'fails' ? Promise.reject(new Error(name)) : Promise.resolve(name);
      });
    return { unhurried, sent, run };
  };

  it('go ahead of one that somebody does wait for, in order', async () => {
    const { unhurried, sent, run } = setUp();
    const running = [run('a'), run('b')];
    expect(sent).toEqual([]);
    unhurried.send();
    expect(sent).toEqual(['a', 'b']);
    expect(await Promise.all(running)).toEqual(['a', 'b']);
    unhurried.send();
    vi.runAllTimers();
    expect(sent).toEqual(['a', 'b']);
  });

  it('go by themselves after a millisecond', async () => {
    const { sent, run } = setUp();
    const running = run('a');
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(['a']);
    expect(await running).toBe('a');
    const next = run('b');
    vi.advanceTimersByTime(1);
    expect(await next).toBe('b');
  });

  it('tell their failure to who gave them', async () => {
    const { unhurried, sent, run } = setUp();
    const failing = expect(run('fails')).rejects.toThrow('fails');
    const other = run('a');
    unhurried.send();
    await failing;
    expect(await other).toBe('a');
    expect(sent).toEqual(['fails', 'a']);
  });
});
