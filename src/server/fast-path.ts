import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { BaseContext } from '@apollo/server';
import type { HttpCache, HttpQuestion, HttpReply, HttpRequest, HttpWork } from '../cache/http/index.js';
import { Together } from '../lib/together.js';
import { varyOn } from '../lib/vary.js';
import type { Arrival } from './arrival.js';
import { KnownBodies } from './known-bodies.js';
import { admitRequest, type Admission } from './limits/admit-request.js';
import { giveUpAfter } from './limits/give-up-after.js';
import { requestId } from './request-id.js';

/** What became of a request before it is handed over: it is read once, and its viewer is counted once. */
export interface Begun<Context> {
  readonly body: Buffer | null;
  /** When the whole request had arrived, on the monotonic clock: its time limit counts from then. */
  readonly since: number;
  /** Who asks, once that is known or being found out. */
  context: Context | Promise<Context> | null;
  /** Why it has no answer, where that is certain already. */
  failure: Error | null;
}

/** An answer that has been given, as it is measured and logged. */
export interface Answered {
  readonly id: string;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface FastPathOptions<Context extends BaseContext> {
  readonly http: HttpCache<Context, never>;
  readonly admission: Admission;
  readonly bodyLimit: number;
  readonly requestTimeout: number;
  /** What remembered bodies may weigh in the heap, with the plans that they lead to. */
  readonly bodiesBytes: number;
  readonly createContext: (arrival: Arrival) => Context | Promise<Context>;
  /** The address a request comes from, as far as proxies are believed. */
  readonly ipOf: (request: IncomingMessage) => string;
  /** @throws for what is no JSON, or none that is accepted. */
  readonly parse: (text: string) => unknown;
  /** What goes with every answer to a page of this origin, names and values in turn; null where that is not known yet. */
  readonly headersFor: (origin: string | undefined) => readonly string[] | null;
  readonly onAnswer: (answered: Answered) => void;
}

const PATH = '/graphql';
const NO_HEADERS: readonly string[] = [];
const NEVER = (): boolean => false;
const JSON_TYPE = /^application\/json(\s*;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

/**
 * Answers queries that are known to be valid before the web framework sees the request: by the same steps in the same order
 * (admission, identity, limits, cost), without its hooks. All else is handed over, with what has been read and found out.
 */
export class FastPath<Context extends BaseContext> {
  #isOpen = true;
  /** What bodies ask that were asked lately. */
  readonly #asked: KnownBodies<HttpQuestion>;

  /** Where many ask at once, it takes a quarter less to read all of their requests first, and to write all answers then. */
  readonly #answers = new Together<Ready>(({ exchange, reply }) => this.#send(exchange, reply));

  /** What is the same for many answers, by what the framework's plugins and the answer have to say about `Vary`. */
  readonly #shared = new WeakMap<readonly string[], Map<string, readonly string[]>>();

  constructor(private readonly options: FastPathOptions<Context>) {
    this.#asked = new KnownBodies(options.bodiesBytes);
  }

  /** From now on the framework answers everything: it knows how connections are ended. */
  close(): void {
    this.#isOpen = false;
  }

  /** Whether the request may be one for here. Nothing of it has been read. */
  takes({ method, url = '', headers }: IncomingMessage): boolean {
    if (!this.#isOpen || !url.startsWith(PATH)) return false;
    if (method === 'GET') return url[PATH.length] === '?' && headers.accept?.includes('text/html') !== true;
    if (method !== 'POST' || url.length !== PATH.length) return false;
    const { 'content-type': type = '', 'content-length': length = '0' } = headers;
    // What has no length, or is too long, or another type, is the framework's to refuse.
    if (type !== 'application/json' && !JSON_TYPE.test(type)) return false;
    return Number(length) > 0 && Number(length) <= this.options.bodyLimit;
  }

  handle(request: IncomingMessage, response: ServerResponse, otherwise: (begun: Begun<Context>) => void): void {
    const began = performance.now();
    const go = (body: Buffer | null): void => void this.#respond({ request, response, began }, { body, since: performance.now(), context: null, failure: null }, otherwise);
    if (request.method === 'GET') {
      go(null);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => go(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  }

  /** In this turn, where who asks is known and the answer near: a hit waits for nothing. */
  #respond(exchange: Exchange, begun: Begun<Context>, otherwise: (begun: Begun<Context>) => void): void {
    const fail = (error: unknown): void => {
      begun.failure = error instanceof Error ? error : new Error('the request failed', { cause: error });
      otherwise(begun);
    };
    const waiting: Waiting = { isGivenUp: NEVER };
    let question: HttpQuestion | null;
    try {
      question = this.#ask(exchange.request, begun, waiting);
    } catch (error) {
      fail(error);
      return;
    }
    const { context } = begun;
    if (question === null || context === null) {
      otherwise(begun);
      return;
    }
    const asked = question;
    const give = (reply: HttpReply | HttpWork): void => {
      if (typeof reply === 'function') this.#giveUpAfter(reply, waiting, begun.since).then(give, fail);
      else this.#answers.add({ exchange, reply });
    };
    const answer = (known: Context): void => {
      let reply: ReturnType<HttpCache<Context, never>['answer']>;
      try {
        reply = this.options.http.answer(exchange.request as HttpAsked, asked, known);
      } catch (error) {
        fail(error);
        return;
      }
      if (reply === null) otherwise(begun);
      else if (reply instanceof Promise) reply.then(give, fail);
      else give(reply);
    };
    if (!(context instanceof Promise)) {
      answer(context);
      return;
    }
    // A client that is refused gets its answer from GraphQL. Only a timeout is answered here.
    this.#giveUpAfter(() => context, waiting, begun.since).then(answer, (error: unknown) => (waiting.isGivenUp() ? fail(error) : otherwise(begun)));
  }

  /** What is asked, and by whom, which is noted; null for what is handed over. */
  #ask(request: IncomingMessage, begun: Begun<Context>, waiting: Waiting): HttpQuestion | null {
    const { createContext, ipOf, headersFor } = this.options;
    const { headers, url = '', method = '' } = request;
    if (headersFor(headers.origin) === null) return null;
    const question = this.#questionOf({ method, headers, url }, begun.body);
    if (question === null) return null;
    const id = requestId(request);
    headers['x-request-id'] = id;
    begun.context = createContext({ id, headers, ip: ipOf(request), operations: 1, isGivenUp: () => waiting.isGivenUp() });
    return question;
  }

  #giveUpAfter<T>(work: () => Promise<T>, waiting: Waiting, since: number): Promise<T> {
    const begun = (isGivenUp: () => boolean): Promise<T> => {
      waiting.isGivenUp = isGivenUp;
      return work();
    };
    return giveUpAfter(this.options.requestTimeout, begun, since);
  }

  /** What is asked, if it is known and may be; null for what is handed over, which refuses it or finds out. */
  #questionOf(request: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly url: string }, bytes: Buffer | null): HttpQuestion | null {
    if (bytes === null) return this.#judge(request, undefined);
    const known = this.#asked.get(bytes);
    if (known !== undefined) return known;
    const question = isUtf8(bytes) ? this.#judge(request, this.#parse(bytes)) : null;
    if (question !== null) this.#asked.set(bytes, question, question.plan.weight);
    return question;
  }

  #judge({ method, headers, url }: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly url: string }, body: unknown): HttpQuestion | null {
    const { http, admission } = this.options;
    const question = body === null || Array.isArray(body) ? null : http.questionOf({ method, headers, search: url.slice(PATH.length), body });
    if (question === null) return null;
    try {
      admitRequest({ method, url, body }, admission);
    } catch {
      return null;
    }
    return question;
  }

  /** Null for what is no JSON. */
  #parse(bytes: Buffer): unknown {
    try {
      return this.options.parse(bytes.toString('utf8'));
    } catch {
      return null;
    }
  }

  #common(ofOrigin: readonly string[], varied: string): readonly string[] {
    let byVaried = this.#shared.get(ofOrigin);
    if (byVaried === undefined) this.#shared.set(ofOrigin, (byVaried = new Map<string, readonly string[]>()));
    let common = byVaried.get(varied);
    if (common === undefined) {
      const at = ofOrigin.indexOf('vary');
      common = at < 0 ? [...ofOrigin, 'vary', varied] : ofOrigin.with(at + 1, varyOn(ofOrigin[at + 1], varied) ?? '');
      byVaried.set(varied, common);
    }
    return common;
  }

  #send({ request, response, began }: Exchange, { status, headers: own, body, bytes = Buffer.byteLength(body) }: HttpReply): void {
    const { origin, 'x-request-id': id } = request.headers as { readonly origin?: string; readonly 'x-request-id': string };
    const headers: (string | number)[] = [...this.#common(this.options.headersFor(origin) ?? NO_HEADERS, own['vary'] ?? ''), 'x-request-id', id];
    for (const name in own) if (name !== 'vary') headers.push(name, own[name] as string);
    if (status !== 304) headers.push('content-length', bytes);
    // Head and body are written as one text: as characters of one byte each without a look at them, where they are known to be.
    response.writeHead(status, headers as OutgoingHttpHeader[]).end(body, bytes === body.length ? 'latin1' : 'utf8');
    this.options.onAnswer({ id, method: request.method ?? '', route: PATH, path: PATH, status, milliseconds: performance.now() - began });
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly began: number;
}

interface Ready {
  readonly exchange: Exchange;
  readonly reply: HttpReply;
}

/** As it has come in. */
type HttpAsked = Pick<HttpRequest, 'method' | 'headers'>;

/** Whether a request has been given up: known once something is waited for. */
interface Waiting {
  isGivenUp: () => boolean;
}
