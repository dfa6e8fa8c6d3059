import { createClient, RESP_TYPES } from '@redis/client';
import postgres from 'postgres';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { TcpProxy } from '../consistency/tcp-proxy.js';
import { backends, type Running, type StartOptions } from '../support/backends.js';
import { PATIENT, WATCHFUL } from '../support/patience.js';

/** Holds the next thing that a node reads of a tenant, until it is let go. */
class Gate {
  #held: { readonly arrived: () => void; readonly opened: Promise<void> } | null = null;

  readonly wrap = (database: Database): Database => ({
    ...database,
    read: async (scope, query) => {
      const result = await database.read(scope, query);
      const held = this.#held;
      if (held !== null && typeof scope === 'object') {
        this.#held = null;
        held.arrived();
        await held.opened;
      }
      return result;
    },
  });

  /** @returns when something has been read, and how to let it go. */
  close(): { readonly arrived: Promise<void>; readonly open: () => void } {
    let arrived!: () => void;
    let open!: () => void;
    const read = new Promise<void>((resolve) => (arrived = resolve));
    this.#held = { arrived, opened: new Promise<void>((resolve) => (open = resolve)) };
    return { arrived: read, open };
  }
}

const here = { tenant: 'downtown' };

interface Medicine {
  readonly id: string;
  readonly name: string;
  readonly price: { readonly amount: number };
}

/** One node, and what its clients do. */
class Node {
  private constructor(
    readonly running: Running,
    readonly gate: Gate,
    private readonly admin: string,
  ) {}

  static async start(options: StartOptions = {}): Promise<Node> {
    const [, server] = backends;
    if (server === undefined) throw new Error('no backend');
    const gate = new Gate();
    const running = await server.start({ wrap: gate.wrap, ...options });
    return new Node(running, gate, await running.client.token('admin@downtown.example'));
  }

  async first(): Promise<Medicine> {
    const { topMedicines } = await this.running.client.data<{ topMedicines: Medicine[] }>('{ topMedicines(first: 1) { id name price { amount } } }', here);
    const [medicine] = topMedicines;
    if (medicine === undefined) throw new Error('nothing was seeded');
    return medicine;
  }

  async price(id: string, headers: Record<string, string> = {}): Promise<number | undefined> {
    const query = 'query ($id: ID!) { medicine(id: $id) { price { amount } } }';
    const { medicine } = await this.running.client.data<{ medicine: Pick<Medicine, 'price'> | null }>(query, { ...here, headers, variables: { id } });
    return medicine?.price.amount;
  }

  /** Asks until it is answered from the cache: a node that is not trusted for a moment stores nothing, and serves nothing stored. */
  async warm(id: string): Promise<void> {
    const hits = (): number => this.running.logs.filter((line) => line.includes('"cache hit"') && line.includes('Query.medicine')).length;
    const before = hits();
    await vi.waitUntil(
      async () => {
        await this.running.settled();
        await this.price(id);
        return hits() > before;
      },
      PATIENT,
    );
  }

  /** Within a moment, and also when the node may serve what it has stored. */
  async comesToShow(id: string, price: number): Promise<void> {
    await vi.waitUntil(async () => (await this.price(id)) === price, PATIENT);
    await this.running.settled();
    expect(await this.price(id)).toBe(price);
  }

  /** As the API writes, without a reply that would read the medicine: that may wait for a load that is held. */
  async write(id: string, price: number): Promise<void> {
    await this.running.change((tx) => tx.execute(`update medicines set price_minor = ${price} where id = '${id}'`));
  }

  /** @returns the reply's position. */
  async setPrice(id: string, priceAmount: number): Promise<{ readonly position: string | null; readonly extensions: unknown }> {
    const query = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }';
    const reply = await this.running.client.request(query, { token: this.admin, variables: { input: { id, priceAmount } } });
    expect(reply.errors).toEqual([]);
    return { position: reply.headers.get('larder-position'), extensions: (JSON.parse(reply.text) as { extensions?: unknown }).extensions };
  }
}

const started: Node[] = [];
const start = async (options?: StartOptions): Promise<Node> => {
  const node = await Node.start(options);
  started.push(node);
  return node;
};
afterEach(async () => {
  for (const { running } of started.splice(0).reverse()) await running.close();
});

describe('freshness, through the API', () => {
  it('F1 a load that was under way when a write was answered is never served afterwards', async () => {
    const node = await start();
    const { id } = await node.first();
    const held = node.gate.close();
    const overtaken = node.price(id);
    await held.arrived;
    await node.write(id, 77_001);
    held.open();
    await overtaken;
    await node.running.settled();
    expect(await node.price(id)).toBe(77_001);
    expect(await node.price(id)).toBe(77_001);
  });

  it('F2 whoever asks after a write was answered does not get what a load from before it brings', async () => {
    const node = await start();
    const { id } = await node.first();
    const held = node.gate.close();
    const overtaken = node.price(id);
    await held.arrived;
    await node.write(id, 77_002);
    const late = node.price(id);
    // It has joined the load by now, or will read what that has stored.
    await vi.waitUntil(() => node.running.logs.filter((line) => line.includes('"cache miss"') && line.includes('Query.medicine')).length >= 2, PATIENT);
    held.open();
    await overtaken;
    expect(await late).toBe(77_002);
  });

  it('F3 an answered write is visible on the same node at once, and on another without being asked for its position', async () => {
    const [one, two] = [await start(), null as Node | null];
    const other = two ?? (await start({ beside: one.running }));
    const { id } = await one.first();
    for (let price = 77_100; price < 77_110; price++) {
      await other.price(id);
      await one.setPrice(id, price);
      expect(await one.price(id)).toBe(price);
      await vi.waitUntil(async () => (await other.price(id)) === price, WATCHFUL);
    }
  });

  it('F3 with the position of the write, at once on any node', async () => {
    const one = await start();
    const other = await start({ beside: one.running });
    const { id } = await one.first();
    for (let price = 77_200; price < 77_220; price++) {
      await other.price(id);
      const { position } = await one.setPrice(id, price);
      expect(position).toMatch(/^[0-9a-f-]{36}:\d+$/);
      expect(await other.price(id, { 'larder-after': position ?? '' })).toBe(price);
    }
    await one.setPrice(id, 77_230);
    for (const token of ['bypass', 'nonsense', '00000000-0000-4000-8000-000000000000:1']) {
      expect(await other.price(id, { 'larder-after': token })).toBe(77_230);
    }
  });

  it('F4 a node that is cut off from the ledger serves nothing that another node may have changed', async () => {
    const one = await start();
    const proxy = await TcpProxy.start(Number(new URL(inject('redisUrl')).port));
    const url = new URL(inject('redisUrl'));
    url.port = String(proxy.port);
    const cut = await start({ beside: one.running, env: { REDIS_URL: url.href, CACHE_DEADLINE_MS: '50' } });
    const { id } = await one.first();
    await cut.price(id);
    await cut.running.settled();
    proxy.become('silent');
    await one.setPrice(id, 77_300);
    await vi.waitUntil(async () => (await cut.price(id)) === 77_300, PATIENT);

    // Its own write is answered all the same, says so, and shows.
    const { position, extensions } = await cut.setPrice(id, 77_301);
    expect({ position, extensions }).toEqual({ position: 'bypass', extensions: { invalidation: 'PENDING' } });
    expect(await cut.price(id)).toBe(77_301);
    expect(await one.price(id, { 'larder-after': 'bypass' })).toBe(77_301);
    await vi.waitUntil(async () => (await one.price(id)) === 77_301, PATIENT);
    proxy.become('passing');
    await cut.running.settled();
    expect(await cut.price(id)).toBe(77_301);
    await proxy.close();
  });

  it('F4 a writer that crashed after its commit, or that is none of ours, is found by a poll', async () => {
    const node = await start();
    const { id } = await node.first();
    await node.warm(id);
    await outside(node, `update medicines set price_minor = 77400 where id = '${id}'`);
    await node.comesToShow(id, 77_400);
  });

  it('F4 what was applied under one epoch is applied under another, too', async () => {
    const one = await start();
    // Another ledger on the same database: as after a split, or a fail-over that one of the nodes has not heard of.
    const other = await start({ beside: one.running, env: { CACHE_PREFIX: `${one.running.env['CACHE_PREFIX'] ?? ''}-other` } });
    const { id } = await one.first();
    await other.warm(id);
    await one.setPrice(id, 77_500);
    await other.comesToShow(id, 77_500);
  });

  it('F5 a ledger that was flushed, or restored from an older copy, costs misses and nothing else', async () => {
    const node = await start();
    const { id } = await node.first();
    const { prefix, ledgerKey, redis } = await redisOf(node);
    try {
      await node.setPrice(id, 77_600);
      const old = await redis.sendCommand<Buffer>(['DUMP', ledgerKey], { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } });
      for (let price = 77_601; price < 77_610; price++) await node.setPrice(id, price);
      expect(await node.price(id)).toBe(77_609);
      await node.running.settled();
      await redis.sendCommand(['RESTORE', ledgerKey, '0', old, 'REPLACE']);
      await node.setPrice(id, 77_610);
      expect(await node.price(id)).toBe(77_610);

      const keys: string[] = [];
      for await (const batch of redis.scanIterator({ MATCH: `${prefix}:*` })) keys.push(...batch);
      await redis.del(keys);
      expect(await node.price(id)).toBe(77_610);
      await node.setPrice(id, 77_611);
      expect(await node.price(id)).toBe(77_611);
    } finally {
      redis.destroy();
    }
  });

  it('F6 rows that enter and leave a list show in it, and in its count', async () => {
    const node = await start();
    const { id } = await node.first();
    const { categories } = await node.running.client.data<{ categories: { id: string }[] }>('{ categories { id } }', here);
    const listOf = async (categoryId: string): Promise<{ totalCount: number; has: boolean }> => {
      const query = 'query ($categoryId: ID) { medicines(categoryId: $categoryId, first: 200) { totalCount edges { node { id } } } }';
      const { medicines } = await node.running.client.data<{ medicines: { totalCount: number; edges: { node: { id: string } }[] } }>(query, { ...here, variables: { categoryId } });
      return { totalCount: medicines.totalCount, has: medicines.edges.some((edge) => edge.node.id === id) };
    };
    const [from, to] = categories.map((category) => category.id);
    await node.running.change(async (tx) => tx.execute(`update medicines set category_id = '${from}' where id = '${id}'`));
    const before = [await listOf(from ?? ''), await listOf(to ?? '')];
    await node.running.settled();
    await node.running.change(async (tx) => tx.execute(`update medicines set category_id = '${to}' where id = '${id}'`));
    const after = [await listOf(from ?? ''), await listOf(to ?? '')];
    expect(after.map(({ has }) => has)).toEqual([false, true]);
    expect(after.map(({ totalCount }) => totalCount)).toEqual([(before[0]?.totalCount ?? 0) - 1, (before[1]?.totalCount ?? 0) + 1]);
  });

  it('F1 a change that is answered brings along what others had changed before it', async () => {
    const polls: { end: () => void; ended: Promise<void> } = { end: () => undefined, ended: Promise.resolve() };
    // What is written for all tenants waits, as long as the test wants: the polls of the outbox are among it.
    const wrap = (database: Database): Database => ({
      ...database,
      write: async (scope, work) => {
        if (scope === 'platform') await polls.ended;
        return database.write(scope, work);
      },
    });
    const node = await start({ wrap });
    const { id } = await node.first();
    const { categories } = await node.running.client.data<{ categories: { id: string }[] }>('{ categories { id } }', here);
    const [from = '', to = ''] = categories.map((category) => category.id);
    const has = async (): Promise<boolean> => {
      const query = 'query ($to: ID) { medicines(categoryId: $to, first: 200) { edges { node { id } } } }';
      const { medicines } = await node.running.client.data<{ medicines: { edges: { node: { id: string } }[] } }>(query, { ...here, variables: { to } });
      return medicines.edges.some((edge) => edge.node.id === id);
    };
    await node.running.whileTrusted(async () => {
      await outside(node, `update medicines set category_id = '${from}' where id = '${id}'`);
      await vi.waitUntil(async () => !(await has()), PATIENT);
      await node.running.settled();
      expect(await has()).toBe(false);
      polls.ended = new Promise((resolve) => (polls.end = resolve));
      try {
        await outside(node, `update medicines set category_id = '${to}' where id = '${id}'`);
        // Not polled yet, within the bound: nobody has been answered that it is there.
        expect(await has()).toBe(false);
        await node.setPrice(id, 77_650);
        expect(await has()).toBe(true);
      } finally {
        polls.end();
      }
    });
  });

  it('F7 inside a transaction nothing is read from the cache, and a failed one leaves nothing in it', async () => {
    const node = await start();
    const { id, price } = await node.first();
    await node.price(id);
    const failed = node.running.change(async (tx) => {
      await tx.execute(`update medicines set price_minor = 77700 where id = '${id}'`);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await node.price(id)).toBe(price.amount);
  });

  it('what contains a stored value lives no longer than that', async () => {
    const time = { offset: 0 };
    const [embedded] = backends;
    const running = await embedded?.start({ clock: { now: () => Date.now() + time.offset } });
    if (running === undefined) throw new Error('no backend');
    try {
      const ask = async (language: string): Promise<string | undefined> =>
        (await running.client.data<{ topMedicines: { name: string }[] }>('{ topMedicines(first: 2) { name } }', { ...here, language })).topMedicines[0]?.name;
      const name = await ask('en');
      // Four minutes later, another viewer's field contains the list that was stored for the first.
      time.offset = 4 * 60_000;
      expect(await ask('fr')).toBe(name);
      // Nobody hears of this change: what is stored has to end by itself.
      await running.app.database.owner(async (tx) => {
        await tx.execute('alter table medicines disable trigger user');
        await tx.execute(`update medicines set name = 'Silently renamed' where rank = 1`);
        await tx.execute('alter table medicines enable trigger user');
      });
      time.offset = 6.5 * 60_000;
      expect(await ask('fr')).toBe('Silently renamed');
    } finally {
      await running.close();
    }
  });
});

async function outside({ running }: Node, statement: string): Promise<void> {
  const sql = postgres(running.app.config.database.url ?? '', { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

async function redisOf({ running }: Node) {
  const redis = createClient({ url: inject('redisUrl') });
  await redis.connect();
  const prefix = running.env['CACHE_PREFIX'] ?? '';
  return { prefix, ledgerKey: `${prefix}:{ledger:${running.app.database.id}}`, redis };
}
