import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { isOvertaken } from '../core/committed.js';
import { partition, tags } from '../core/tags.js';
import { RedisLedger } from './redis-ledger.js';
import { PATIENT } from '../../../test/support/patience.js';

const tag = tags.table(partition('downtown'), 'medicines');

/** Answers as the script would; `begins` is the epoch that it gives a ledger that has to begin one. */
class Server {
  epoch = '1';
  position = 0;
  begins = 'another';
  /** Microseconds. */
  time = 1_000_000_000;
  /** How long a reply is on its way, in milliseconds of faked time. */
  late = 0;
  calls = 0;
  wake: (position: string) => void = () => undefined;

  readonly connection = {
    sendCommand: async (parts: readonly string[]): Promise<unknown> => {
      this.calls++;
      const [, , , , epoch, position, , , , , , ...invalidated] = parts;
      if (epoch === this.epoch && Number(position) > this.position) {
        this.epoch = this.begins;
        this.position = Number(position) + 1;
      }
      if (invalidated.length > 0) this.position++;
      const reply = [this.epoch, String(this.position), String(this.time), String(this.position), 1, invalidated.map(() => '0'), invalidated.flatMap((one) => [one, String(this.position)])];
      if (this.late > 0) vi.advanceTimersByTime(this.late);
      return reply;
    },
    subscribe: async (_channel: string, wake: (position: string) => void) => {
      this.wake = wake;
      return async () => undefined;
    },
  };
}

function setUp() {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  const server = new Server();
  const ledger = new RedisLedger({
    connection: server.connection,
    prefix: 'test',
    databaseId: 'd',
    clock: { now: () => 0 },
    deadlineMs: 60_000,
    needsPolls: false,
    logger: silentLogger,
  });
  return { server, ledger };
}

describe('the ledger on Redis', () => {
  it('F3 does not put its clock back for a reply that was long on its way: recent loads would look younger than they are', async () => {
    const { server, ledger } = setUp();
    await ledger.sync();
    const before = ledger.now();
    server.late = 400;
    await ledger.sync();
    expect(ledger.now()).toBe(before + 400);
    vi.useRealTimers();
  });

  it("takes over another server's clock with its epoch, earlier or later", async () => {
    const { server, ledger } = setUp();
    await ledger.sync();
    server.epoch = '2';
    server.time -= 500_000_000;
    await ledger.sync();
    expect(ledger.now()).toBe(500_000);
    vi.useRealTimers();
  });

  it('C3 sends very many tags in calls that each end in time, and has nobody rely on what they replaced', async () => {
    const { server, ledger } = setUp();
    await ledger.sync();
    const before = ledger.stamp();
    const calls = server.calls;
    const many = Array.from({ length: 12_000 }, (_, id) => tags.row(partition('downtown'), 'medicines', id));
    const invalidation = await ledger.invalidate(many);
    expect(server.calls - calls).toBe(3);
    expect([invalidation.position, ledger.position]).toEqual([server.position, server.position]);
    expect(many.filter((each) => ledger.positionOf(each) <= before.position)).toEqual([]);
    expect(isOvertaken({ before, invalidation })).toBe(true);
    expect(isOvertaken({ before: ledger.stamp(), invalidation: await ledger.invalidate([tag]) })).toBe(false);
    vi.useRealTimers();
  });

  it('asks when it is woken by another node, and not by what it has invalidated itself', async () => {
    const { server, ledger } = setUp();
    server.epoch = randomUUID();
    await ledger.start();
    const { epoch, position } = await ledger.invalidate([tag]);
    server.calls = 0;
    server.wake(`${epoch}:${position}`);
    await Promise.resolve();
    expect(server.calls).toBe(0);
    server.position++;
    server.wake(`${epoch}:${position + 1}`);
    await vi.waitFor(() => expect(ledger.position).toBe(position + 1), PATIENT);
    expect(server.calls).toBe(1);
    // Of another epoch, or not understood: asked rather than believed.
    server.wake(`another:${position}`);
    await Promise.resolve();
    expect(server.calls).toBe(2);
    await ledger.close();
    vi.useRealTimers();
  });

  it('F5 does not go back to an epoch that it has left: the server has to begin another', async () => {
    const { server, ledger } = setUp();
    await ledger.invalidate([tag]);
    server.epoch = '2';
    await ledger.sync();
    expect(ledger.epoch).toBe('2');
    // The old master, which knows nothing of what was answered under the other.
    server.epoch = '1';
    const { epoch, position } = await ledger.invalidate([tag]);
    expect([epoch, ledger.epoch, server.epoch]).toEqual(['another', 'another', 'another']);
    expect([position, ledger.positionOf(tag)]).toEqual([server.position, server.position]);
    vi.useRealTimers();
  });

  it('F5 trusts nothing when a server insists on an epoch that was left', async () => {
    const { server, ledger } = setUp();
    await ledger.sync();
    server.epoch = '2';
    await ledger.sync();
    server.epoch = '1';
    server.begins = '1';
    await expect(ledger.sync()).rejects.toThrow('has left');
    expect(ledger.epoch).toBe('2');
    vi.useRealTimers();
  });
});
