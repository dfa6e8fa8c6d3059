import { connect, createServer, Socket, type Server } from 'node:net';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LookupBudget } from '../../src/cache/core/lookup-budget.js';
import { openStores, type Stores } from '../../src/cache/stores/open-stores.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemClock } from '../../src/lib/clock.js';
import { freePort, startChildServer, temporaryDirectory, type ChildServer } from '../support/child-server.js';
import { thisMachine } from '../support/this-machine.js';
import { entryOf, key, writeOf } from './store-contract.js';
import { PATIENT } from '../support/patience.js';

/** A server to be stopped and started at will has to be a process of this machine. */
const program = await thisMachine(process.env).installed('redis');

const DEADLINE = 500;
const prefix = 'outage';
const at = key(prefix, 1);

let port: number;
let redis: ChildServer | undefined;
const opened: Stores[] = [];

async function start(...args: string[]): Promise<ChildServer> {
  redis = await startChildServer({
    command: program ?? '',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...args],
    port,
    directory: temporaryDirectory('outage'),
    stopSignal: 'SIGKILL',
  });
  return redis;
}

async function open(options: { memoryBytes?: number; port?: number } = {}): Promise<Stores> {
  const stores = await openStores({
    redis: { kind: 'single', url: `redis://127.0.0.1:${options.port ?? port}`, connectTimeout: 3_000 },
    memoryBytes: options.memoryBytes ?? 0,
    deadlineMs: DEADLINE,
    prefix,
    clock: systemClock,
    now: Date.now,
    logger: silentLogger,
  });
  opened.push(stores);
  return stores;
}

async function value({ store }: Stores): Promise<unknown> {
  return (await store.getMany([at]))[0]?.value;
}

/** Stores again and again, as a cache does, until it is found. */
async function comesBack(stores: Stores): Promise<void> {
  await vi.waitUntil(async () => {
    await stores.store.setMany([writeOf(at, entryOf('again'))]);
    return (await value(stores)) === 'again';
  }, PATIENT);
}

/** One deadline at first, then as good as nothing; never an error. */
async function expectBounded(stores: Stores): Promise<void> {
  const waits = async (): Promise<number> => {
    const tier = (await stores.store.stats()).tiers.at(-1);
    return (tier?.timeouts ?? NaN) + (tier?.errors ?? NaN);
  };
  expect(await value(stores)).toBeUndefined();
  const first = await waits();
  expect(await Promise.all(Array.from({ length: 200 }, () => value(stores)))).toEqual(Array(200).fill(undefined));
  await new KeyvAdapter<string>(stores.keyv as never).get('apq:1');
  await stores.store.setMany([writeOf(at, entryOf('lost'))]);
  // None of these has been sent: each would have waited for its deadline, or failed.
  expect(await waits()).toBe(first);
  expect((await stores.store.stats()).tiers.at(-1)).toMatchObject({ kind: 'redis', healthy: false });
}

beforeEach(async () => {
  port = await freePort();
});
afterEach(async () => {
  for (const stores of opened.splice(0)) await stores.close();
  await redis?.stop();
  redis = undefined;
});

describe.skipIf(program === undefined)('D1 when Redis', () => {
  it('hangs, it costs one deadline and then nothing; it comes back by itself', async () => {
    const { pid } = await start();
    const stores = await open();
    await stores.store.setMany([writeOf(at, entryOf('v'))]);
    expect(await value(stores)).toBe('v');
    process.kill(pid, 'SIGSTOP');
    await expectBounded(stores);
    process.kill(pid, 'SIGCONT');
    await comesBack(stores);
  });

  it('dies, it costs next to nothing; started anew, it is used again', async () => {
    const server = await start();
    const stores = await open();
    await stores.store.setMany([writeOf(at, entryOf('v'))]);
    await server.stop();
    for (let attempt = 0; attempt < 3; attempt++) expect(await value(stores)).toBeUndefined();
    await expectBounded(stores);
    await start();
    await comesBack(stores);
  });

  it('is away at the start, the server starts all the same, and uses it from when it is there', async () => {
    const stores = await open();
    for (let attempt = 0; attempt < 3; attempt++) expect(await value(stores)).toBeUndefined();
    await start();
    await comesBack(stores);
  });

  it('is slow, it costs one deadline and then nothing, and is used again when it is quick', async () => {
    await start();
    const proxy = await startSlowProxy(port);
    const stores = await open({ port: proxy.port });
    await stores.store.setMany([writeOf(at, entryOf('v'))]);
    expect(await value(stores)).toBe('v');
    proxy.latency = 3 * DEADLINE;
    await expectBounded(stores);
    proxy.latency = 0;
    await comesBack(stores);
    proxy.close();
  });

  it('is slow within the deadline, one request waits one deadline over all its look-ups', async () => {
    await start();
    const proxy = await startSlowProxy(port);
    const stores = await open({ port: proxy.port });
    proxy.latency = 0.6 * DEADLINE;
    const budget = new LookupBudget();
    for (let look = 0; look < 5; look++) await stores.store.getMany([at], { budget });
    // What is left of the budget is waited for once; later look-ups wait for nothing.
    const { spent } = budget;
    expect(spent).toBeGreaterThanOrEqual(DEADLINE);
    for (let look = 0; look < 5; look++) expect(await stores.store.getMany([at], { budget })).toEqual([undefined]);
    expect(budget.spent).toBe(spent);
    proxy.close();
  });

  it('is full, look-ups go on', async () => {
    await start('--maxmemory', '100kb', '--maxmemory-policy', 'noeviction');
    const stores = await open();
    // Redis alone takes more than that: it refuses every write.
    for (let id = 0; id < 20; id++) await stores.store.setMany([writeOf(key(prefix, id), entryOf(id))]);
    expect(await value(stores)).toBeUndefined();
    const [tier] = (await stores.store.stats()).tiers;
    expect(tier).toMatchObject({ healthy: true, errors: 20, timeouts: 0 });
    expect(tier?.server?.maxMemory).toBe(100 * 1024);
  });

  it('hangs, what is in memory is served as quickly as ever', async () => {
    const { pid } = await start();
    const stores = await open({ memoryBytes: 1_000_000 });
    await stores.store.setMany([writeOf(at, entryOf('v'))]);
    process.kill(pid, 'SIGSTOP');
    expect(await value(stores)).toBe('v');
    // The only one that waits is the question for the statistics themselves.
    expect((await stores.store.stats()).tiers.at(-1)).toMatchObject({ kind: 'redis', timeouts: 1, errors: 0 });
  });

  it('hangs, closing does not', async () => {
    const { pid } = await start();
    const stores = await open();
    process.kill(pid, 'SIGSTOP');
    void value(stores);
    await stores.close();
    expect(stores.redis?.isOpen).toBe(false);
  });
});

describe.skipIf(program === undefined)('C1 C3 commands sent to Redis', () => {
  it('are one for many look-ups and one message for many writes; none walks through all keys, but clearing, and that in steps', async () => {
    await start();
    const stores = await open();
    const commands = async (): Promise<Map<string, number>> => {
      const text = (await stores.redis?.info('commandstats')) ?? '';
      return new Map([...text.matchAll(/cmdstat_([a-z|]+):calls=(\d+)/g)].map(([, name = '', calls]) => [name, Number(calls)]));
    };
    const keys = Array.from({ length: 100 }, (_, id) => key(prefix, id));
    const writes = keys.map((each, id) => writeOf(each, entryOf(id)));
    await stores.store.setMany(writes);
    await stores.store.getMany(keys);
    const used = await commands();
    expect([used.get('mget'), used.get('set')]).toEqual([1, 100]);
    // As many as fit into a socket's buffer at once.
    const roundTrips = countRoundTrips(port);
    await stores.store.setMany(writes.slice(0, 20));
    await stores.store.getMany(keys.slice(0, 20));
    expect(roundTrips()).toBe(2);
    await stores.store.deleteMany(keys.slice(0, 10));
    await stores.store.clear();
    const all = await commands();
    expect(all.get('scan')).toBeGreaterThan(0);
    for (const forbidden of ['keys', 'flushall', 'flushdb', 'del']) expect(all.has(forbidden)).toBe(false);
  });
});

/** How often something is sent while nothing is awaited, until it is asked for. */
function countRoundTrips(port: number): () => number {
  let count = 0;
  const awaiting = new WeakSet<Socket>();
  const { write } = Socket.prototype;
  const spy = vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...args: unknown[]) {
    if (this.remotePort === port && !awaiting.has(this)) {
      awaiting.add(this);
      count++;
      this.once('data', () => awaiting.delete(this));
    }
    return (write as (...given: unknown[]) => boolean).apply(this, args);
  });
  return () => {
    spy.mockRestore();
    return count;
  };
}

interface SlowProxy {
  readonly port: number;
  /** Milliseconds by which every answer is held back. */
  latency: number;
  close(): void;
}

async function startSlowProxy(to: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    sockets.add(client).add(upstream);
    client.pipe(upstream);
    upstream.on('data', (data) => setTimeout(() => client.write(data), proxy.latency));
    for (const socket of [client, upstream]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: SlowProxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    latency: 0,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}
