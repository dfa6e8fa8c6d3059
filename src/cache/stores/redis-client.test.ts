import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { replaceWhenSilent, type ReplaceableClient } from './redis-client.js';

/** A client whose server answers pings, refuses them, or says nothing. */
class FakeClient extends EventEmitter {
  isOpen = true;
  isReady = true;
  server: 'answers' | 'refuses' | 'silent' = 'answers';
  pings = 0;
  readonly done: string[] = [];
  #unanswered: (error: Error) => void = () => undefined;

  ping(): Promise<string> {
    this.pings++;
    if (this.server === 'answers') return Promise.resolve('PONG');
    if (this.server === 'refuses') return Promise.reject(new Error('NOPERM'));
    return new Promise((_, reject) => (this.#unanswered = reject));
  }

  destroy(): void {
    this.done.push('destroy');
    this.isOpen = this.isReady = false;
    this.#unanswered(new Error('disconnected'));
  }

  connect(): Promise<unknown> {
    this.done.push('connect');
    this.isOpen = true;
    return Promise.resolve();
  }

  becomesReady(): void {
    this.isReady = true;
    this.emit('ready');
  }
}

describe('D4 a connection to Redis', () => {
  let client: FakeClient;
  const errors: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    client = new FakeClient();
    errors.length = 0;
    client.on('error', (error: Error) => errors.push(error.message));
    replaceWhenSilent(client as unknown as ReplaceableClient);
    client.emit('ready');
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(['answers', 'refuses'] as const)('stays while the server %s', async (server) => {
    client.server = server;
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ pings: client.pings, done: client.done }).toEqual({ pings: 60, done: [] });
  });

  it('is replaced when a ping goes unanswered for 3 s, and the next one is pinged, too', async () => {
    client.server = 'silent';
    await vi.advanceTimersByTimeAsync(3_990);
    expect(client.done).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect({ done: client.done, errors }).toEqual({ done: ['destroy', 'connect'], errors: ['a ping went unanswered for 3 s'] });
    // The new one is not there yet: there is nothing to ping.
    const { pings } = client;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(client.pings).toBe(pings);
    client.becomesReady();
    await vi.advanceTimersByTimeAsync(4_010);
    expect(client.done).toEqual(['destroy', 'connect', 'destroy', 'connect']);
  });

  it('stays when the answer lay unread while the process was busy', async () => {
    client.server = 'silent';
    let answer: (pong: string) => void = () => undefined;
    client.ping = () => new Promise((resolve) => (answer = resolve));
    await vi.advanceTimersByTimeAsync(1_000);
    // As sockets are read: behind the timers and ahead of immediates.
    setTimeout(() => answer('PONG'), 3_000);
    await vi.advanceTimersByTimeAsync(3_001);
    expect(client.done).toEqual([]);
  });

  it('stays closed when it was closed', async () => {
    client.server = 'silent';
    await vi.advanceTimersByTimeAsync(1_500);
    client.destroy();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.done).toEqual(['destroy']);
  });
});
