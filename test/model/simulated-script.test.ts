import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ledgerScript } from '../../src/cache/stores/ledger-script.js';
import { Random } from './random.js';
import { RedisServer, type ScriptReply } from './redis.js';

const CALLS = 1500;
const KEY = 'simulated-script';
const TAGS = 't/shop/rows/1 t/shop/rows/2 t/shop/rows t/global/rows/1 t/global/rows t/@field/x t t/other?a=1'.split(' ');

/** What the models stand on: their Redis does what the script does on a real one. */
describe('the script of the ledger, simulated and real', () => {
  const client = createClient({ url: inject('redisUrl') });
  const command = (...parts: string[]): Promise<unknown> => client.sendCommand(parts);

  beforeAll(async () => {
    await client.connect();
  });
  afterAll(async () => {
    await command('DEL', KEY);
    await client.close();
  });

  it(`gives the same reply to ${CALLS} random calls, through flushes and changes of owner`, async () => {
    const random = new Random(1);
    const identity = /master_replid:(\w+)/.exec(String(await command('INFO', 'replication')))?.[1] ?? '';
    let epochs = 0;
    const newEpoch = (): string => `epoch-${epochs}`;
    let simulated = new RedisServer(identity, { without: new Set(), newEpoch });
    let last: Pick<ScriptReply, 'epoch' | 'position'> = { epoch: '', position: 0 };
    await command('DEL', KEY);

    for (let call = 0; call < CALLS; call++) {
      if (random.chance(0.02)) {
        await command('DEL', KEY);
        simulated.flush();
      } else if (random.chance(0.02) && last.epoch !== '') {
        await command('ZREM', KEY, `\0o${identity}`);
        await command('ZADD', KEY, '-2', '\0oanother');
        const ledger = new Map(simulated.past(1).ledger);
        ledger.delete(`\0o${identity}`);
        const snapshot = { ledger: ledger.set('\0oanother', -2), entries: new Map() };
        simulated = new RedisServer(identity, { without: new Set(), newEpoch }, snapshot);
      }
      epochs++;
      const knownPosition = Math.max(0, last.position + random.below(3) - (random.chance(0.1) ? 0 : 2));
      const asked = {
        knownEpoch: random.pick([last.epoch, last.epoch, last.epoch, 'unknown', '']),
        knownPosition,
        cursor: random.below(knownPosition + 1),
        maxTags: random.pick([4, 8, 30, 1000]),
        page: random.pick([1, 2, 5, 100]),
        tags: TAGS.filter(() => random.chance(0.2)),
      };
      const { knownEpoch, cursor, maxTags, page, tags } = asked;
      const parts = [knownEpoch, knownPosition, cursor, newEpoch(), maxTags, page, 'nobody'].map(String);
      const real = await command('EVAL', ledgerScript(), '1', KEY, ...parts, ...tags);
      const reply = simulated.runScript(asked);
      expect(parsed(real), JSON.stringify(asked)).toEqual(reply);
      last = reply;
    }
  });
});

function parsed(raw: unknown): ScriptReply {
  const reply = raw as [string, string, string, string, number, string[], string[]];
  const [epoch, position, , reached, complete, replaced, reported] = reply;
  return {
    epoch,
    position: Number(position),
    reached: Number(reached),
    complete: complete === 1,
    replaced: replaced.map(Number),
    reported: reported.flatMap((member, at) => (at % 2 === 0 ? [[member, Number(reported[at + 1])] as const] : [])),
  };
}
