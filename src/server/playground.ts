import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { FOR_PAGES } from './browser-rules.js';
import type { Operation } from './operations.js';

export interface Playground {
  /** Whether a browser asks for a page, and not a program for data. */
  isAskedFor(request: FastifyRequest): boolean;
  send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

interface Page {
  readonly html: Buffer;
  readonly etag: string;
  readonly policy: string;
}

/** Smallest first. */
const ENCODINGS = ['br', 'gzip', 'identity'];
/** Nine megabytes: above 5 the time of brotli grows much faster than what it saves. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/** GraphiQL in one page that needs nothing from anywhere else, with example operations in tabs. */
export function createPlayground(operations: readonly Operation[]): Playground {
  // Made when first asked for: the page costs memory and time that most servers never need.
  let page: Promise<Page> | undefined;
  const bodies = new Map<string, Promise<Buffer>>();

  const body = (html: Buffer, encoding: string): Promise<Buffer> => {
    const made = bodies.get(encoding) ?? compress(html, encoding);
    bodies.set(encoding, made);
    return made;
  };

  return {
    isAskedFor(request) {
      const accepted = new Negotiator(request).mediaType(['application/json', 'application/graphql-response+json', 'text/html']);
      return request.method === 'GET' && accepted === 'text/html';
    },
    async send(request, reply) {
      const { html, etag, policy } = await (page ??= render(operations));
      const accepted = new Negotiator(request).encodings(ENCODINGS);
      const encoding = ENCODINGS.find((name) => accepted.includes(name)) ?? 'identity';
      const tagged = `"${etag}-${encoding}"`;
      reply.helmet(FOR_PAGES);
      void reply.headers({
        'content-security-policy': policy,
        'cache-control': 'no-cache',
        etag: tagged,
      });
      if (request.headers['if-none-match']?.includes(tagged) === true) return reply.code(304).send();
      if (encoding !== 'identity') void reply.header('content-encoding', encoding);
      return reply.type('text/html; charset=utf-8').send(await body(html, encoding));
    },
  };
}

/** When tabs are wider than their row, GraphiQL moves a tab away from under the pointer that presses it: none could be opened. */
const TABS_STAY = '.graphiql-tab { transform: none !important }';

async function render(operations: readonly Operation[]): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  // Of the tab that is open first, GraphiQL takes neither variables nor headers; headers it takes from the default for new tabs.
  const first = operations.find(({ variables }) => variables === null);
  const tabs = first === undefined ? operations : [first, ...operations.filter((operation) => operation !== first)];
  const text = (value: object | null): string | null => (value === null ? null : JSON.stringify(value, null, 2));
  const rendered = renderGraphiQL({
    title: 'Larder',
    // GraphiQL opens the tabs it remembers from last time; these are for those who come first.
    defaultTabs: tabs.map(({ query, variables, headers }) => ({ query, variables: text(variables), headers: text(headers) })),
    headers: text(first?.headers ?? null) ?? '{}',
    shouldPersistHeaders: true,
  });
  const page = rendered.replace('</head>', `<style>${TABS_STAY}</style></head>`);
  const html = Buffer.from(page);
  return { html, etag: createHash('sha256').update(html).digest('base64url').slice(0, 22), policy: policyFor(page) };
}

/** The page's own scripts, by their digests, and its own workers; requests to this server only. */
function policyFor(page: string): string {
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    "img-src 'self' data:",
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function compress(html: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'br') return promisify<Buffer, typeof BROTLI, Buffer>(brotliCompress)(html, BROTLI);
  return encoding === 'gzip' ? promisify<Buffer, Buffer>(gzip)(html) : html;
}
