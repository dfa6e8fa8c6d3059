import { HeaderMap } from '@apollo/server';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { createCache, SINGLE, tags } from '../../src/cache/index.js';
import { LiftedServer } from '../support/lifted-server.js';
import { testPrefix } from '../support/test-database.js';
import { PATIENT } from '../support/patience.js';

/** Apollo Servers of somebody else, several processes of one service: they share Redis, and the data they answer from. */

const nodes: LiftedServer[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

const BOOK = '{ book(id: 1) { title } }';
const titled = (title: string): unknown => ({ data: { book: { title } } });

async function startTwo(): Promise<readonly [LiftedServer, LiftedServer]> {
  const prefix = testPrefix();
  for (let node = 0; node < 2; node++) nodes.push(await LiftedServer.start({ version: '1' }, { redis: inject('redisUrl'), prefix }));
  const [a, b] = nodes as [LiftedServer, LiftedServer];
  b.titles = a.titles;
  return [a, b];
}

/** On a machine that stands still for a second nothing stored is served, which is right: then it is asked again. */
async function isHit(node: LiftedServer, query: string): Promise<void> {
  await vi.waitFor(async () => {
    node.executed = [];
    await node.run(query);
    expect(node.executed).toEqual([]);
  }, PATIENT);
}

describe('two lifted servers on one Redis', () => {
  it('share what one of them has stored', async () => {
    const [a, b] = await startTwo();
    await isHit(a, BOOK);
    await isHit(b, BOOK);
    expect(b.executed).toEqual([]);
  });

  it('F3: a write on one shows on the other at once with its position, and by itself within a second', async () => {
    const [a, b] = await startTwo();
    for (const title of ['Sanditon', 'Lady Susan', 'The Watsons']) {
      await isHit(a, BOOK);
      await isHit(b, BOOK);
      const { headers } = await a.send(`mutation { rename(id: 1, title: "${title}") { id } }`);
      const position = headers.get('larder-position') ?? '';
      expect((await b.send(BOOK, { 'larder-after': position })).json).toEqual(titled(title));
      expect((await a.send(BOOK)).json).toEqual(titled(title));
    }
    await isHit(b, BOOK);
    await a.run('mutation { rename(id: 1, title: "Catharine") { id } }');
    await vi.waitFor(async () => expect(await b.run(BOOK)).toEqual(titled('Catharine')), PATIENT);
  });

  it.each(['handler', 'plugin alone'])('F3: a request that proved a position joins no load from before it: %s', async (way) => {
    const [a, b] = await startTwo();
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      if (way === 'handler') return (await b.send(BOOK, headers)).json;
      const { body } = await b.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: { method: 'POST', headers: new HeaderMap([['content-type', 'application/json'], ...Object.entries(headers)]), search: '', body: { query: BOOK } }, context: () => Promise.resolve({}) });
      return body.kind === 'complete' ? JSON.parse(body.string) : null;
    };
    for (const title of ['Sanditon', 'Lady Susan', 'The Watsons', 'Catharine', 'Evelyn']) {
      await b.cache.invalidate([tags.row(SINGLE, 'books', '1')]);
      let release: () => void = () => undefined;
      b.held = new Promise((resolve) => (release = resolve));
      b.executed = [];
      const early = ask({});
      await vi.waitFor(() => expect(b.executed).toEqual(['book']), PATIENT);
      const { headers } = await a.send(`mutation { rename(id: 1, title: "${title}") { id } }`);
      const late = ask({ 'larder-after': headers.get('larder-position') ?? '' });
      // It has asked Redis, and stands where it either waits for the early load or has begun its own.
      await b.cache.core.ledger.sync();
      await new Promise((resolve) => setImmediate(resolve));
      b.held = null;
      release();
      expect(await late).toEqual(titled(title));
      await early;
    }
  });

  it('say which build of the resolvers they are, since entries outlive them', async () => {
    await expect(LiftedServer.start({}, { redis: inject('redisUrl'), prefix: testPrefix() })).rejects.toThrow('`version`');
  });
});

describe('a lifted server whose Redis is away', () => {
  const away = { kind: 'single', url: 'redis://127.0.0.1:1/0', connectTimeout: 50 } as const;

  it('D1: answers, and hands out no position for what it could not tell the others', async () => {
    const node = await LiftedServer.start({ version: '1' }, { redis: away });
    nodes.push(node);
    expect((await node.send(BOOK)).json).toEqual(titled('Emma'));
    const { headers } = await node.send('mutation { rename(id: 1, title: "Sanditon") { id } }');
    expect(headers.get('larder-position')).toBe('bypass');
    expect((await node.send(BOOK)).json).toEqual(titled('Sanditon'));
  });

  it('D3: closes with what it could not tell, and says so', async () => {
    const said: unknown[] = [];
    const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (fields: object) => void said.push(fields), isLevelEnabled: () => true };
    const cache = await createCache({ redis: away, logger });
    expect(await cache.invalidate([tags.partition(SINGLE)])).toEqual({ state: 'pending', tags: 1 });
    await cache.close();
    expect(said).toEqual([{ lost: 1 }]);
  });
});
