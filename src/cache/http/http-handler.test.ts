import { afterEach, describe, expect, it } from 'vitest';
import { LiftedServer } from '../../../test/support/lifted-server.js';

let server: LiftedServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(options: Parameters<typeof LiftedServer.start>[0] = {}): Promise<LiftedServer> {
  return (server = await LiftedServer.start(options));
}

const BOOKS = '{ books { title author { name } } }';

async function warm(lifted: LiftedServer, query: string, headers = {}): Promise<void> {
  for (let time = 0; time < 2; time++) await lifted.send(query, headers);
}

describe('the handler in front of an Apollo Server of somebody else', () => {
  it('C1: answers what is known and stored without a resolver, and says so', async () => {
    const lifted = await start();
    const first = await lifted.send(BOOKS);
    expect([first.headers.get('cache-status'), first.headers.get('cache-control')]).toEqual(['Larder; fwd=miss; stored', 'no-store']);
    await lifted.send(BOOKS);
    lifted.executed = [];
    const { headers, json } = await lifted.send(BOOKS);
    expect(lifted.executed).toEqual([]);
    expect(headers.get('cache-status')).toBe('Larder; hit; ttl=30');
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-cache', 'Accept, Accept-Encoding, Larder-After, Accept-Language, Authorization, Cookie']);
    expect(json).toEqual({ data: { books: [{ title: 'Emma', author: { name: 'Austen' } }, { title: 'Persuasion', author: { name: 'Austen' } }] } });
  });

  it('F3: shows a write at once, on any node that is sent its position', async () => {
    const lifted = await start();
    await warm(lifted, BOOKS);
    const { headers } = await lifted.send('mutation { rename(id: 1, title: "Sanditon") { id } }');
    const position = headers.get('larder-position') ?? '';
    expect(position).toMatch(/^[0-9a-f-]{36}:\d+$/);
    expect((await lifted.send(BOOKS, { 'larder-after': position })).json).toMatchObject({ data: { books: [{ title: 'Sanditon' }, {}] } });
    // A position that this node has never heard of: nothing stored is new enough.
    await warm(lifted, BOOKS);
    lifted.executed = [];
    await lifted.send(BOOKS, { 'larder-after': position.replace(/\d+$/, '999') });
    await lifted.send(BOOKS, { 'larder-after': 'bypass' });
    expect(lifted.executed).toEqual(['books', 'books']);
  });

  it('F3: a write whose invalidation nobody has taken yet hands out no position', async () => {
    const lifted = await start();
    const { ledger } = lifted.cache.core;
    ledger.invalidate = () => Promise.reject(new Error('away'));
    await warm(lifted, '{ book(id: 2) { title } }');
    const { headers, json } = await lifted.send('mutation { rename(id: 2, title: "Sanditon") { title } }');
    expect([headers.get('larder-position'), json]).toEqual(['bypass', { data: { rename: { title: 'Sanditon' } } }]);
    expect((await lifted.send('{ book(id: 2) { title } }')).json).toEqual({ data: { book: { title: 'Sanditon' } } });
  });

  it('P3: finds out who asks before it looks anything up', async () => {
    const lifted = await start({ viewer: ({ user }) => user ?? null });
    await warm(lifted, '{ mine { title } }', { 'x-user': 'ann' });
    await warm(lifted, '{ mine { title } }', { 'x-user': 'bob' });
    const { headers, json } = await lifted.send('{ mine { title } }', { 'x-user': 'ann' });
    expect([headers.get('cache-control'), json]).toEqual(['private, no-cache', { data: { mine: [{ title: "ann's" }] } }]);
  });

  it('gives errors the status and headers that they ask for, known or not', async () => {
    const lifted = await start();
    for (let time = 0; time < 3; time++) {
      const { status, headers, json } = await lifted.send('{ refused }');
      expect([status, headers.get('x-no'), headers.get('cache-control')]).toEqual([418, 'yes', 'no-store']);
      expect(json).toEqual({ errors: [{ message: 'no', locations: [{ line: 1, column: 3 }], path: ['refused'], extensions: { code: 'NO' } }], data: { refused: null } });
    }
  });

  it.each([
    ['a body that is no JSON', { body: '{', type: 'application/json' }, 400],
    ['a body that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]), type: 'application/json' }, 400],
    ['another charset', { body: '{}', type: 'application/json; charset=latin1' }, 415],
    ['another media type', { body: 'query={now}', type: 'application/x-www-form-urlencoded' }, 400],
    ['too many bytes', { body: `"${'x'.repeat(3_000)}"`, type: 'application/json' }, 413],
    ['nothing', { body: '', type: 'application/json' }, 400],
  ])('refuses %s', async (_, { body, type }, status) => {
    const lifted = await start();
    const response = await fetch(lifted.url, { method: 'POST', headers: { 'content-type': type }, body });
    await response.text();
    expect(response.status).toBe(status);
    expect((await lifted.send('{ now }')).json).toEqual({ data: { now: 1 } });
  });

  it('lets other caches keep answers only where it was told to, with their age', async () => {
    const lifted = await start({ downstream: 'cdn', vary: ['X-User'] });
    for (const age of [0, 10, 29]) {
      lifted.now = age * 1_000;
      const { headers } = await lifted.send(BOOKS);
      expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=30');
      expect([headers.get('age'), headers.get('vary')]).toEqual([String(age), expect.stringMatching(/Accept, Accept-Encoding, Larder-After, X-User$/)]);
    }
  });
});
