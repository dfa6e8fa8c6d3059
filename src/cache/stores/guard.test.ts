import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LookupBudget } from '../core/lookup-budget.js';
import { Guard } from './guard.js';

/** A server that answers, fails, or hangs. */
class Server {
  state: 'up' | 'failing' | 'hung' = 'up';
  asked = 0;
  /** Lets everything that hangs end. */
  readonly hanging: { resolve(value: string): void; reject(error: Error): void }[] = [];

  ask = (): Promise<string> => {
    this.asked++;
    if (this.state === 'up') return Promise.resolve('answer');
    if (this.state === 'failing') return Promise.reject(new Error('refused'));
    return new Promise((resolve, reject) => this.hanging.push({ resolve, reject }));
  };
}

/** Lets time pass, and the turn of the event loop that follows a timer: a faked immediate takes a millisecond. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await vi.advanceTimersByTimeAsync(1);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const server = new Server();
  const changes: boolean[] = [];
  const guard = new Guard({ deadlineMs: 50, probe: server.ask, onChange: (closed) => changes.push(closed) });
  const read = (budget?: LookupBudget): Promise<string> => guard.read(server.ask, 'miss', budget);
  const write = (): Promise<string> => guard.write(server.ask, 'lost');
  return { server, guard, changes, read, write };
}

describe('guard (D1)', () => {
  it('lets answers through', async () => {
    const { read, guard } = setUp();
    expect(await read()).toBe('answer');
    expect([guard.healthy, guard.timeouts, guard.errors]).toEqual([true, 0, 0]);
  });

  it('a hung server costs one deadline, then nothing', async () => {
    const { read, guard, server, changes } = setUp();
    server.state = 'hung';
    const first = read();
    await pass(49);
    expect(guard.healthy).toBe(true);
    await pass(1);
    expect(await first).toBe('miss');
    expect(await read()).toBe('miss');
    expect([guard.healthy, guard.timeouts, server.asked, changes]).toEqual([false, 1, 1, [false]]);
  });

  it('a refusing server is found out after three failures in a row', async () => {
    const { read, guard, server } = setUp();
    server.state = 'failing';
    await read();
    await read();
    server.state = 'up';
    await read();
    server.state = 'failing';
    await read();
    await read();
    expect(guard.healthy).toBe(true);
    expect(await read()).toBe('miss');
    expect([guard.healthy, guard.errors]).toEqual([false, 5]);
  });

  it('comes back by itself: it probes in the background, less and less often, at most half a second apart', async () => {
    const { read, guard, server, changes } = setUp();
    server.state = 'hung';
    void read();
    await pass(50);
    // After 100 ms, then 200, 400, 500, 500, 500 (each probe itself takes the deadline).
    await pass(2550);
    expect(server.asked).toBe(1 + 6);
    expect(guard.healthy).toBe(false);
    server.state = 'up';
    await pass(1100);
    expect([guard.healthy, changes]).toEqual([true, [false, true]]);
    expect(await read()).toBe('answer');
  });

  it('probes are nobody\'s request: none waits while it is open', async () => {
    const { read, server } = setUp();
    server.state = 'hung';
    void read();
    await pass(150);
    const { asked } = server;
    expect(await Promise.all([read(), read(), read()])).toEqual(['miss', 'miss', 'miss']);
    expect(server.asked).toBe(asked);
  });

  it('D3 answers and failures that come too late are ignored, also after it came back', async () => {
    const { read, guard, server } = setUp();
    server.state = 'hung';
    const readings = [read(), read(), read(), read()];
    await pass(50);
    expect(await Promise.all(readings)).toEqual(['miss', 'miss', 'miss', 'miss']);
    server.state = 'up';
    await pass(200);
    expect(guard.healthy).toBe(true);
    for (const late of server.hanging) late.reject(new Error('socket closed'));
    await pass(0);
    expect([guard.healthy, guard.errors]).toEqual([true, 0]);
  });

  it('one request waits once, over all its look-ups', async () => {
    const { guard, server } = setUp();
    const budget = new LookupBudget();
    const slow = (milliseconds: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('slow'), milliseconds));
    const first = guard.read(slow(30), 'miss', budget);
    await pass(30);
    expect(await first).toBe('slow');
    const second = guard.read(slow(30), 'miss', budget);
    await pass(20);
    expect(await second).toBe('miss');
    expect(await guard.read(server.ask, 'miss', budget)).toBe('miss');
    expect(server.asked).toBe(0);
    // What was left of a budget is no measure of the server.
    expect(guard.healthy).toBe(true);
    expect(await guard.read(server.ask, 'miss', new LookupBudget())).toBe('answer');
  });

  it('a server that is full still answers look-ups: refused writes are only counted', async () => {
    const { read, write, guard, server } = setUp();
    server.state = 'failing';
    for (let at = 0; at < 10; at++) expect(await write()).toBe('lost');
    server.state = 'up';
    expect([await read(), guard.healthy, guard.errors]).toEqual(['answer', true, 10]);
  });

  it('writes that hang find a hung server out, too', async () => {
    const { write, guard, server } = setUp();
    server.state = 'hung';
    const writes = [write(), write(), write()];
    await pass(50);
    expect(await Promise.all(writes)).toEqual(['lost', 'lost', 'lost']);
    expect([guard.healthy, guard.timeouts]).toEqual([false, 3]);
  });

  it('work that throws at once has failed', async () => {
    const { guard } = setUp();
    const work = (): Promise<string> => {
      throw new Error('encoding');
    };
    expect(await guard.read(work, 'miss')).toBe('miss');
    expect(guard.errors).toBe(1);
  });

  it('stopped, lets nothing through and probes no more', async () => {
    const { read, guard, server } = setUp();
    server.state = 'hung';
    void read();
    await pass(50);
    guard.stop();
    server.state = 'up';
    await pass(10_000);
    expect([await read(), server.asked]).toEqual(['miss', 1]);
  });
});

it.each([
  { when: 'after it was asked', send: (write: () => void) => write() },
  // As clients do: what is asked for in one turn of the event loop goes out together. The answer takes a moment then.
  { when: 'before what was asked is sent', send: (write: () => void) => void setImmediate(() => setTimeout(write, 5)) },
])('does not blame the server for the time that this process was busy $when', async ({ send }) => {
  vi.useRealTimers();
  const deadlineMs = 1_000;
  const guard = new Guard({ deadlineMs, probe: () => Promise.resolve() });
  const server = spawn('cat');
  const ask = (): Promise<unknown> => {
    send(() => server.stdin.write('x'));
    return once(server.stdout, 'data');
  };
  await ask();
  const asked = guard.read(ask, 'miss');
  // Without using the processor, which the server needs as well.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.1 * deadlineMs);
  expect(await asked).not.toBe('miss');
  expect([guard.healthy, guard.timeouts]).toEqual([true, 0]);
  server.kill();
});
