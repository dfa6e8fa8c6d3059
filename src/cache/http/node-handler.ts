import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BaseContext } from '@apollo/server';
import { varyOn } from '../../lib/vary.js';
import { isForbidden } from '../graphql/index.js';
import type { AnyHttpReply } from './answer-http.js';
import type { HttpHandler } from './http-handler.js';

export interface NodeHandlerOptions<Context extends BaseContext> {
  /** Makes the context of a request. */
  readonly context?: (asked: { readonly req: IncomingMessage; readonly res: ServerResponse }) => Promise<Context>;
  /** Larger bodies are refused. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

const MIB = 1024 * 1024;

/** A body that is not read: with what it is refused. */
class Refused extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

/**
 * For `http.createServer`, and for Express, with or without `express.json()`. Whatever path it is called for, it answers.
 * CORS, compression of what is not stored, and timeouts are left to what is around it.
 */
export function nodeHandler<Context extends BaseContext>(handle: HttpHandler<Context>, options: NodeHandlerOptions<Context> = {}): (req: IncomingMessage, res: ServerResponse) => void {
  const { context = () => Promise.resolve({} as Context), maxBodyBytes = MIB } = options;
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<AnyHttpReply> => {
    const url = req.url ?? '';
    const start = url.indexOf('?');
    const body = await bodyOf(req, maxBodyBytes);
    return handle({ method: req.method ?? 'GET', headers: req.headers, search: start < 0 ? '' : url.slice(start), body }, () => context({ req, res }));
  };
  return (req, res) => {
    answer(req, res)
      .catch((error: unknown) => refusal(error))
      .then((reply) => send(res, reply))
      // The client has gone; there is nobody left to tell.
      .catch(() => res.destroy());
  };
}

/** Parsed JSON; undefined for what is none, which Apollo refuses in its own words. @throws Refused */
async function bodyOf(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  // Express and others may have read it already.
  if ('body' in req && req.body !== undefined) return req.body;
  const type = req.headers['content-type'] ?? '';
  if (req.method !== 'POST' || !/^application\/json\s*(;|$)/i.test(type)) return undefined;
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') throw new Refused(415, 'JSON is sent in UTF-8.');
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw new Refused(413, `The body has more than ${maxBytes} bytes.`);
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new Refused(400, 'The body is not UTF-8.');
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    throw new Refused(400, 'Invalid JSON in the body.');
  }
}

function refusal(error: unknown): AnyHttpReply {
  const [status, message] = error instanceof Refused ? [error.status, error.message] : [500, 'Internal server error'];
  const code = status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  // What is left of a body that is too large is not read: the connection ends with the answer.
  if (status === 413) headers['connection'] = 'close';
  return { status, headers, body: JSON.stringify({ errors: [{ message, extensions: { code } }] }) };
}

async function send(res: ServerResponse, { status, headers, body }: AnyHttpReply): Promise<void> {
  res.statusCode = status;
  for (const [name, value] of Object.entries(withMiddleware(res, headers))) res.setHeader(name, value);
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return pipeline(Readable.from(body), res);
  if (status !== 304) res.setHeader('content-length', Buffer.byteLength(body));
  res.end(body);
}

/** Merges the headers that middleware has set: extends its `Vary`, and keeps its `no-store` and `private`. */
function withMiddleware(res: ServerResponse, headers: AnyHttpReply['headers']): Record<string, string> {
  const said = (name: string): string | undefined => res.getHeader(name)?.toString();
  const merged: Record<string, string> = { ...headers };
  const vary = varyOn(said('vary'), headers['vary']);
  if (vary !== undefined) merged['vary'] = vary;
  const before = said('cache-control');
  const isPublic = headers['cache-control']?.includes('public') === true;
  // A cookie is for one client: a cache that kept the answer would send it to the next client.
  if (res.hasHeader('set-cookie') || before?.includes('no-store') === true || (isPublic && isForbidden(before))) merged['cache-control'] = 'no-store';
  return merged;
}
