import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { LoadRequest } from '../src/load/load-protocol.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Decompressed and parsed. */
  readonly json: unknown;
}

/** What belongs to the connection and not to the answer: every server writes its own. */
const OF_CONNECTION = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** Sends one request with these headers and no others. */
export function send(port: number, { headers, body }: LoadRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const own = Object.entries(response.headers).filter(([name]) => !OF_CONNECTION.has(name));
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
            body: bytes,
            json: JSON.parse(decoded(bytes, response.headers['content-encoding']).toString()),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(bytes);
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return bytes;
}
