import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { runCommandLine, type Surroundings } from './command-line.js';
import type { LocalSystem } from './commands.js';

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: { readonly query: string; readonly variables: { readonly input?: Record<string, unknown> } } | null;
}

const figures = { hits: 3, stale: 0, misses: 1, joins: 0, bypasses: 0, loads: 1, averageLoadMilliseconds: 2.5, sets: 1, skips: 0, errors: 0, hitRate: 0.75 };
const stats = {
  verdict: 'healthy',
  since: '2026-01-01T00:00:00.000Z',
  totals: { ...figures, invalidations: 2, missReasons: { absent: 1, expired: 0, invalidated: 0, epoch: 0, trimmed: 0, pending: 0, alone: 0 } },
  byLayer: [{ layer: 'ENTITY', ...figures }],
  byProfile: [{ profile: null, ...figures }],
  byType: [{ layer: 'ENTITY', type: 'medicine', profile: null, ...figures }],
  byTenant: [{ tenant: 'downtown', ...figures, invalidations: 2 }],
  memory: { entries: 3, bytes: 2048, maxBytes: 67_108_864, evictions: 0 },
  redis: null,
  ledger: { kind: 'memory', epoch: 'e', position: 4, tags: 2, pending: 0, trusted: true, lag: 0 },
  comparisons: null,
};

async function larder(args: string[], options: { readonly answer?: object; readonly status?: number; readonly environment?: 'production'; readonly away?: boolean; readonly contradictions?: readonly string[]; readonly remote?: { readonly url?: string; readonly token?: string } } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const sent: Sent[] = [];
  const calls: string[] = [];
  const system: LocalSystem = {
    serve: () => Promise.resolve(void calls.push('serve')),
    migrate: () => Promise.resolve({ applied: 2 }),
    createAdmin: ({ email, name, password }) => {
      calls.push(`admin ${email} ${name} ${password}`);
      return Promise.resolve({ id: '1', email });
    },
    probe: () =>
      Promise.resolve([
        { layer: 'database', ok: true, milliseconds: { write: 1, read: 0.5, delete: 0.25 }, error: null },
        { layer: 'redis', ok: false, milliseconds: null, error: 'what was written was not found' },
      ]),
    seed: ({ demo }) => {
      calls.push(`seed ${demo ? 'demo' : 'catalogue'}`);
      const counts = { groups: 1, manufacturers: 1, forms: 1, routes: 1, ingredients: 1, duplicates: 0 };
      const catalogue = { lines: 3, products: 2, ...counts, malformed: [{ line: 3, reason: 'too short' }] };
      return Promise.resolve({ catalogue, demo: demo ? { accounts: 5, medicines: 6400 } : null });
    },
  };
  const around: Surroundings = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    config: () => ({ environment: options.environment ?? 'development', host: '0.0.0.0', port: 4100, remote: { url: null, token: null, ...options.remote } }),
    password: ({ fromStdin }) => Promise.resolve(fromStdin ? 'from stdin' : 'typed'),
    system: () => Promise.resolve(system),
    schema: () => Promise.resolve(buildSchema('type Query { b: Int a: Int }')),
    audit: () => Promise.resolve({ places: [], notes: [], contradictions: options.contradictions ?? [] }),
    fetch: (input, init) => {
      if (options.away === true) return Promise.reject(new TypeError('fetch failed'));
      const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Sent['body']) : null;
      sent.push({ url: input as string, headers: init?.headers as Record<string, string>, body });
      return Promise.resolve(new Response(JSON.stringify(options.answer ?? {}), { status: options.status ?? 200 }));
    },
  };
  const code = await runCommandLine(args, around);
  return { code, out: out.join('\n'), err: err.join('\n'), sent, calls };
}

describe('larder, on this machine', () => {
  it('serves, migrates, seeds and prints the schema', async () => {
    expect((await larder(['serve'])).calls).toEqual(['serve']);
    expect(await larder(['migrate'])).toMatchObject({ code: 0, out: 'Applied 2 migrations.' });
    expect(await larder(['seed'])).toMatchObject({ code: 0, calls: ['seed catalogue'], out: 'Catalogue: 2 products from 3 lines; lines that could not be used: 1.\n  line 3: too short' });
    expect((await larder(['seed', '--demo'])).out).toContain('Demo: 6400 medicines and 5 accounts were added.');
    expect(await larder(['schema'])).toMatchObject({ code: 0, out: expect.stringMatching(/type Query {\n {2}a: Int\n {2}b: Int\n}$/) as string });
  });

  it('audits the schema, and fails when it contradicts itself', async () => {
    expect(await larder(['audit'])).toMatchObject({ code: 0, out: expect.stringMatching(/^0 fields, 0 types, .*: no contradiction, 0 notes/) as string });
    const contradictions = ['Query.a: there is no directive @cacheContrl; write @cacheControl.'];
    expect(await larder(['audit'], { contradictions })).toMatchObject({ code: 1, out: expect.stringMatching(/: 1 contradiction, 0 notes\n\ncontradiction: Query\.a: /) as string });
    const failed = await larder(['audit', '--json'], { contradictions });
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toEqual({ places: [], notes: [], contradictions });
  });

  it('prints JSON for scripts', async () => {
    expect(JSON.parse((await larder(['migrate', '--json'])).out)).toEqual({ applied: 2 });
  });

  it('creates an administrator, and probes', async () => {
    const account = ['admin', 'create', '--email', 'a@b.example', '--name', 'A B'];
    expect(await larder(account)).toMatchObject({ code: 0, calls: ['admin a@b.example A B typed'], out: 'a@b.example may administrate the platform.' });
    expect((await larder([...account, '--password-stdin'])).calls).toEqual(['admin a@b.example A B from stdin']);
    expect((await larder(account.slice(0, 4))).code).toBe(2);
    const probed = await larder(['health', '--probe']);
    expect(probed.code).toBe(1);
    expect(probed.out).toMatch(/^milliseconds +write +read +delete\ndatabase +1\.00 +0\.50 +0\.25\nredis: what was written was not found$/);
  });

  it('refuses demo accounts in production', async () => {
    const refused = await larder(['seed', '--demo'], { environment: 'production' });
    expect(refused).toMatchObject({ code: 1, out: '', calls: [] });
    expect(refused.err).toMatch(/^DEMO_ACCOUNTS_REFUSED: /);
    expect((await larder(['seed'], { environment: 'production' })).code).toBe(0);
  });
});

describe('larder, speaking to a server', () => {
  it('shows the statistics', async () => {
    const { code, out, sent } = await larder(['stats', '--token', 'secret', '--tenant', 'downtown'], { answer: { data: { cacheStats: stats } } });
    expect(code).toBe(0);
    expect(sent[0]).toMatchObject({ url: 'http://127.0.0.1:4100/graphql', headers: { authorization: 'Bearer secret', 'x-tenant': 'downtown' } });
    expect(out.split('\n')[0]).toBe('healthy');
    expect(out).toMatch(/^all +3 +0 +1 +75\.0 %/m);
    expect(out).toMatch(/^entity medicine +3/m);
    expect(out).toContain('memory: 3 entries, 2.0 KiB of 64.0 MiB, 0 evicted');
    expect(JSON.parse((await larder(['stats', '--token', 's', '--json'], { answer: { data: { cacheStats: stats } } })).out)).toEqual(stats);
  });

  it('takes address and token from the configuration where none is given', async () => {
    const { sent } = await larder(['stats'], { answer: { data: { cacheStats: stats } }, remote: { url: 'https://configured.example', token: 'configured' } });
    expect(sent[0]).toMatchObject({ url: 'https://configured.example/graphql', headers: { authorization: 'Bearer configured' } });
  });

  const purged = { data: { cachePurge: { tags: ['t/a'], tables: [], left: ['tenants'], reached: { entries: 0, examined: 12 }, position: 'e:5' } } };

  it.each([
    [['--everything'], { everything: true }],
    [['--tenant', 'a'], { tenant: 'a' }],
    [['--type', 'Medicine'], { type: 'Medicine' }],
    [['--type', 'Medicine', '--id', '7', '--tenant', 'a'], { tenant: 'a', entity: { type: 'Medicine', id: '7' } }],
    [['--field', 'Query.medicines'], { field: 'Query.medicines' }],
    [['--profile', 'list'], { profile: 'list' }],
    [['--tag', 't/a', '--tenant', 'a'], { tag: 't/a' }],
    [['--key', 'larder:a'], { key: 'larder:a' }],
  ])('purges with %j', async (flags, input) => {
    const { code, out, sent } = await larder(['purge', '--url', 'https://larder.example/', '--token', 's', ...flags], { answer: purged });
    expect({ code, out }).toEqual({ code: 0, out: 'purged t/a\nleft, since all tenants share them: tenants\nreached none of 12 values in the memory of the node that answered\nat e:5' });
    expect(sent[0]?.url).toBe('https://larder.example/graphql');
    expect(sent[0]?.body?.variables.input).toEqual(input);
  });

  it('tells what the server refused, and exits with 1', async () => {
    const answer = { errors: [{ message: 'Requires more.', extensions: { code: 'FORBIDDEN' } }], data: null };
    expect(await larder(['purge', '--token', 's', '--everything'], { answer })).toMatchObject({ code: 1, out: '', err: 'FORBIDDEN: Requires more.' });
    const json = await larder(['purge', '--token', 's', '--everything', '--json'], { answer });
    expect(JSON.parse(json.err)).toEqual({ error: { code: 'FORBIDDEN', message: 'Requires more.' } });
  });

  it('says when nobody answers, or somebody else', async () => {
    expect((await larder(['stats', '--token', 's'], { away: true })).err).toMatch(/^UNREACHABLE: No server answers at http:\/\/127\.0\.0\.1:4100/);
    expect(await larder(['stats', '--token', 's'], { answer: { hello: 1 }, status: 404 })).toMatchObject({ code: 1 });
  });

  it('asks for readiness', async () => {
    expect(await larder(['health'], { answer: { status: 'ready', checks: {} } })).toMatchObject({ code: 0 });
    const unready = await larder(['health', '--json'], { answer: { status: 'not ready', checks: { redis: 'away' } }, status: 503 });
    expect(unready.code).toBe(1);
    expect(JSON.parse(unready.out)).toEqual({ ready: false, status: 503, report: { status: 'not ready', checks: { redis: 'away' } } });
    expect((await larder(['health'], { away: true })).code).toBe(1);
  });
});

describe('wrong usage', () => {
  it.each([[['frobnicate']], [['stats', '--frobnicate']], [[]], [['stats']], [['purge', '--token', 's', '--id', '7']], [['health', '--url', 'ftp://x']]])('%j exits with 2', async (args) => {
    const { code, out, err } = await larder(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('help is no failure', async () => {
    const { code, out } = await larder(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Exit codes');
  });
});
