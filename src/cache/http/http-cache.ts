import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { headOf, httpPolicy, joinPieces, type AnsweredPiece, type DownstreamCache, type OperationPlan, type Question, type ResponseCache } from '../graphql/index.js';
import { JoinedBodies } from './joined-bodies.js';
import { KnownQueries, type SentOperation } from './known-queries.js';
import { Negotiation } from './negotiation.js';

/** An HTTP request, as far as it counts here. Header names in lower case. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The query part of the address with its question mark, or nothing. */
  readonly search: string;
  /** Parsed JSON. */
  readonly body: unknown;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** Of the body, where they have been counted. As many as it has characters: then it is ASCII. */
  readonly bytes?: number;
}

/** Looks up and executes what an answer needs. Takes as long as it takes: whoever begins it sets the bounds. */
export type HttpWork = () => Promise<HttpReply>;

export interface HttpCacheOptions<Context, Source> {
  readonly responses: ResponseCache<Context, Source>;
  readonly downstream: DownstreamCache;
  /** Of the header `Cache-Tag`, which names what an answer depends on; 0 or left out for none. */
  readonly cacheTagBytes?: number;
  /** What remembered queries may weigh in the heap, in bytes. Default 32 MiB. */
  readonly documentBytes?: number;
  /** Milliseconds, on the clock that entries' lifetimes are measured on. */
  readonly now: () => number;
  /** Whether an operation may be answered with these variables, beyond being valid. What is refused here is left to GraphQL, which says why. */
  readonly admits?: (plan: OperationPlan, variables: Readonly<Record<string, unknown>>) => boolean;
  /** Whether an answer is GraphQL's to give whatever is stored. */
  readonly leaves?: (context: Context) => boolean;
  readonly formatError: (error: GraphQLError, request: Pick<HttpRequest, 'headers'>) => GraphQLFormattedError;
  readonly onErrors?: (errors: readonly GraphQLError[], question: Question<Context>, request: Pick<HttpRequest, 'headers'>) => void;
  readonly onAnswer?: (question: Question<Context>, pieces: readonly AnsweredPiece[]) => void;
  /** Headers that a form or a link cannot send: a GET without any is left to Apollo's CSRF protection. Null: that is off. */
  readonly preflighted: readonly string[] | null;
  /** Headers of requests that answers depend on. */
  readonly vary: readonly string[];
}

/** A query that is known to be valid, with its variables: a function of what was sent, and of nothing else about the request. */
export interface HttpQuestion {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * In front of GraphQL's own HTTP entry: answers queries that it has seen valid, without parsing them, and where everything
 * is stored and near, without waiting for anything. All else is left to GraphQL.
 *
 * It does not know who asks: identity and limits come first (P3).
 */
export class HttpCache<Context, Source> {
  readonly queries: KnownQueries;
  readonly #negotiation = new Negotiation();
  readonly #bodies = new JoinedBodies();
  readonly #vary: string;

  constructor(private readonly options: HttpCacheOptions<Context, Source>) {
    this.queries = new KnownQueries(options.documentBytes);
    this.#vary = options.vary.join(', ');
  }

  /** @returns null for what is left to GraphQL. */
  questionOf(request: HttpRequest): HttpQuestion | null {
    const sent = this.#sent(request);
    const known = sent === null ? null : this.queries.find(sent);
    if (sent === null || known === null) return null;
    const { variables = {} } = sent;
    if (typeof variables !== 'object' || Array.isArray(variables)) return null;
    const given = (variables ?? {}) as Readonly<Record<string, unknown>>;
    if (this.options.admits?.(known.plan, given) === false) return null;
    return { plan: known.plan, variables: given };
  }

  /**
   * @returns at once what is near; soon, as stores have a deadline, what is most likely stored or turns out not to be;
   * null for what is left to GraphQL.
   */
  answer(request: Pick<HttpRequest, 'method' | 'headers'>, { plan, variables }: HttpQuestion, context: Context): HttpReply | null | HttpWork | Promise<HttpReply | HttpWork> {
    const { responses, leaves } = this.options;
    const type = this.#negotiation.typeFor(single(request.headers['accept']));
    if (type === null || leaves?.(context) === true) return null;
    const question = { plan, variables, context, areShared: true };
    const prepared = responses.prepare(question);
    if (prepared === null) return null;
    const hits = responses.hits(prepared);
    if (hits !== null) return this.#reply(request, { question, type, pieces: hits });
    const work = (): Promise<HttpReply> => responses.answerPrepared(prepared).then((pieces) => this.#reply(request, { question, type, pieces }));
    return responses.likelyHits(prepared, (found) => (found === null ? work : this.#reply(request, { question, type, pieces: found }))) ?? work;
  }

  #sent({ method, headers, search, body }: HttpRequest): SentOperation | null {
    if (method === 'POST') {
      const type = single(headers['content-type']) ?? '';
      const isJson = type === 'application/json' || /^application\/json\s*(;|$)/i.test(type);
      return isJson && typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
    }
    const { preflighted } = this.options;
    if (method !== 'GET' || (preflighted !== null && !preflighted.some((name) => headers[name] !== undefined))) return null;
    return sentInAddress(search);
  }

  #reply(request: Pick<HttpRequest, 'method' | 'headers'>, { question, type, pieces }: Answered<Context>): HttpReply {
    const { now, onAnswer, onErrors, formatError } = this.options;
    onAnswer?.(question, pieces);
    const policy = httpPolicy(pieces, now(), this.options);
    const headers: Record<string, string> = { 'content-type': type, 'cache-control': policy.cacheControl, 'cache-status': policy.cacheStatus, vary: this.#vary };
    if (!policy.isStored) {
      const errors = pieces.flatMap((piece) => piece.errors);
      if (errors.length === 0) return { status: 200, headers, body: `{"data":${joinPieces(pieces)}}\n` };
      onErrors?.(errors, question, request);
      const told = `"errors":${JSON.stringify(errors.map((error) => formatError(error, request)))},`;
      const head = headOf(errors);
      return { status: head.status ?? 200, headers: { ...headers, ...Object.fromEntries(head.headers) }, body: `{${told}"data":${joinPieces(pieces)}}\n` };
    }
    const body = this.#bodies.of(pieces, this.#negotiation.encodingFor(single(request.headers['accept-encoding'])));
    headers['etag'] = body.etag;
    if (policy.age !== null) headers['age'] = String(policy.age);
    if (policy.cacheTag !== null) headers['cache-tag'] = policy.cacheTag;
    // RFC 9110, section 13.1.2: for a method that is not safe it would be a failed precondition.
    if (request.method === 'GET' && matches(single(request.headers['if-none-match']), body.etag)) return { status: 304, headers, body: '' };
    if (body.encoding !== 'identity') headers['content-encoding'] = body.encoding;
    return { status: 200, headers, body: body.content, bytes: body.bytes };
  }
}

interface Answered<Context> {
  readonly question: Question<Context>;
  readonly type: string;
  readonly pieces: readonly AnsweredPiece[];
}

/** The parameters of GraphQL over HTTP, section 6.2; null for what is not well formed, which GraphQL refuses. */
function sentInAddress(search: string): SentOperation | null {
  const parameters = new URLSearchParams(search);
  for (const name of ['query', 'operationName', 'variables', 'extensions']) if (parameters.getAll(name).length > 1) return null;
  try {
    const json = (name: string): unknown => {
      const text = parameters.get(name);
      return text === null || text === '' ? undefined : (JSON.parse(text) as unknown);
    };
    return {
      query: parameters.get('query') ?? undefined,
      operationName: parameters.get('operationName') ?? undefined,
      variables: json('variables'),
      extensions: json('extensions'),
    };
  } catch {
    return null;
  }
}

/** RFC 9110, section 13.1.2: weakly compared; `*` is whatever there is. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
