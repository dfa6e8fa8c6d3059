import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/errors.js';
import { backends, type Running } from '../support/backends.js';
import { PATIENT } from '../support/patience.js';
import { hostileRequests, type HostileRequest } from './hostile-requests.js';

const COUNT = 500;
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_120);

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
}

/** Byte by byte as given, over a connection of its own: what a client library would put right must arrive as it is. */
function send(url: string, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { raw, ...named } = headers;
  const lines = Object.entries({ host: `${hostname}:${port}`, ...(body === null ? {} : { 'content-length': String(body.length) }), connection: 'close', ...named }).map(([name, value]) => `${name}: ${value}`);
  if (raw !== undefined) lines.splice(1, raw.startsWith('content-length') || raw.startsWith('transfer') ? 1 : 0, raw);
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) });
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), PATIENT.timeout);
    socket.on('data', (part: Buffer) => parts.push(part));
    // Refused before all of it was sent: what has arrived by then is the answer.
    socket.on('error', (error) => {
      if (parts.length === 0) reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parse(Buffer.concat(parts).toString('utf8')));
    });
    socket.write(body === null ? head : Buffer.concat([head, body]));
  });
}

function parse(text: string): Answer {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
  return { status, code, text };
}

describe.each(backends)('hostile requests, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  it(`${COUNT} of them get a 4xx with a code, none a 5xx, and the process lives`, async () => {
    const requests = hostileRequests(COUNT, SEED);
    const counted = new Map<string, number>();
    const wrong: string[] = [];
    for (const [at, request] of requests.entries()) {
      const { status, code, text } = await send(running.client.url, request).catch((error: unknown) => ({ status: 0, code: null, text: String(error) }));
      const isRefused = status >= 400 && status < 500 && code !== null && Object.hasOwn(errorCodes, code) && !text.includes('INTERNAL_SERVER_ERROR');
      if (!isRefused) wrong.push(`#${at} ${request.kind}: ${request.method} ${request.path.slice(0, 80)} ${JSON.stringify(request.headers).slice(0, 200)} ${String(request.body).slice(0, 200)} -> ${status} ${code} ${text.slice(-300)}`);
      const outcome = `${status} ${code}`;
      counted.set(outcome, (counted.get(outcome) ?? 0) + 1);
      // What was sent may be a secret.
      expect(text).not.toContain('hunter2');
    }
    const tally = [...counted].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${count} × ${outcome}`);
    process.stdout.write(`${backend.name}: ${requests.length} hostile requests (seed ${SEED}): ${requests.length - wrong.length} refused with a 4xx and a code, ${wrong.length} not; ${tally.join(', ')}\n`);
    expect(wrong).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
    expect(running.logs.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    const { data } = await running.client.request('{ categories { slug } }', { tenant: 'downtown' });
    expect(data).not.toBeNull();
  });

  it('what is hostile in form alone is answered like anything else', async () => {
    for (const search of ["'; drop table medicines; --", '%', '_', '\\', '\u202e', '🙂'.repeat(50), '${jndi:ldap://x}', '<script>alert(1)</script>']) {
      const query = 'query ($search: String) { medicines(search: $search) { totalCount } }';
      const { status, codes } = await running.client.request(query, { tenant: 'downtown', variables: { search } });
      expect({ status, codes: codes.filter((code) => code !== 'BAD_USER_INPUT') }).toEqual({ status: 200, codes: [] });
    }
  });
});
