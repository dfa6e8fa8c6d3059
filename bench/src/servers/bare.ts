import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';
import { closeServer, listen } from './listen.js';
import { openDomain } from './open-domain.js';
import type { BareReply, StartServer } from './server-protocol.js';
import { stockByMedicine } from '../../../dist/modules/pharmacy/stock.queries.js';

interface Reply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * What no GraphQL server can go below: reads the body, hashes it, and answers with ready bytes under as many headers as
 * Larder sends. From a Map; from one GET in Redis; or with one statement that is sent anew each time.
 */
export const startBare: StartServer = async (args, onQuery) => {
  const replies = new Map(args.replies.map((reply) => [keyOf(Buffer.from(reply.requestBody)), toReply(reply)]));
  if (args.kind === 'bare-redis') return startWithRedis(args.redisUrl, args.prefix, replies);
  if (args.kind === 'bare-statement') {
    const domain = await openDomain(args, onQuery);
    const running = await start((request, response) => {
      read(request, (body) => {
        const reply = replies.get(keyOf(body));
        const { variables } = JSON.parse(body.toString()) as { readonly variables: { readonly id: string } };
        const { id: tenantId } = domain.tenant(request.headers['x-tenant']);
        void domain.database
          .read({ tenantId }, (db) => stockByMedicine(db, [variables.id]))
          .then(([stock]) => send(response, reply, withStock(reply, stock)));
      });
    });
    return { ...running, close: () => running.close().then(() => domain.database.close()) };
  }
  return start((request, response) => {
    read(request, (body) => send(response, replies.get(keyOf(body))));
  });
};

async function startWithRedis(url: string, prefix: string, replies: ReadonlyMap<string, Reply>) {
  const redis = new Redis(url);
  for (const [key, { body }] of replies) await redis.set(`${prefix}:${key}`, body);
  const running = await start((request, response) => {
    read(request, (body) => {
      const key = keyOf(body);
      void redis.getBuffer(`${prefix}:${key}`).then((found) => send(response, replies.get(key), found ?? undefined));
    });
  });
  return { ...running, close: () => running.close().then(() => redis.disconnect()) };
}

async function start(listener: RequestListener) {
  const server = createServer(listener);
  const port = await listen(server);
  return { port, close: () => closeServer(server) };
}

function read(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
}

function send(response: ServerResponse, reply: Reply | undefined, body: Buffer | undefined = reply?.body): void {
  if (reply === undefined || body === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { ...reply.headers, 'content-length': body.byteLength }).end(body);
}

/** The bytes that do not change, and in them what the statement has answered. */
function withStock(reply: Reply | undefined, stock: { readonly quantity: number; readonly reorderLevel: number } | undefined): Buffer | undefined {
  if (reply === undefined || stock === undefined) return undefined;
  const text = reply.body.toString();
  const at = text.lastIndexOf('"stock":');
  return Buffer.from(`${text.slice(0, at)}"stock":${JSON.stringify({ quantity: stock.quantity, reorderLevel: stock.reorderLevel })}}}`);
}

function keyOf(body: Buffer): string {
  return hash('sha256', body, 'base64url');
}

function toReply({ headers, body }: BareReply): Reply {
  return { headers, body: Buffer.from(body, 'base64') };
}
