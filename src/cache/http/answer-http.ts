import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server';
import { varyOn } from '../../lib/vary.js';
import type { HttpCache, HttpQuestion, HttpReply, HttpRequest } from './http-cache.js';

/** What answers: what is known, and else Apollo. */
export interface HttpEntry<Context extends BaseContext, Source> {
  /** Null: Apollo answers everything. */
  readonly http: HttpCache<Context, Source> | null;
  readonly server: ApolloServer<Context>;
  /** Request headers that Apollo's answers depend on; left out where the surrounding server sets `Vary`. */
  readonly vary?: readonly string[];
}

/** A whole answer, or one in parts, which only operations with `@defer` or `@stream` ask for. */
export type AnyHttpReply = Omit<HttpReply, 'body'> & { readonly body: HttpReply['body'] | AsyncIterable<string> };

/** Answers a request: a known query at once, all else through Apollo. Who asks is found out before anything is looked up (P3). */
export async function answerHttp<Context extends BaseContext, Source>(
  { http, server, vary }: HttpEntry<Context, Source>,
  request: HttpRequest,
  makeContext: () => Promise<Context>,
): Promise<AnyHttpReply> {
  const question = http?.questionOf(request) ?? null;
  const apollo = async (context: () => Promise<Context>): Promise<AnyHttpReply> => unkept(await askApollo(server, request, context), request, vary);
  if (http === null || question === null) return apollo(makeContext);
  const context = makeContext();
  const answered = await answerKnown({ http, request, question }, context);
  return answered ?? apollo(() => context);
}

interface Known<Context extends BaseContext, Source> {
  readonly http: HttpCache<Context, Source>;
  readonly request: HttpRequest;
  readonly question: HttpQuestion;
}

async function answerKnown<Context extends BaseContext, Source>({ http, request, question }: Known<Context, Source>, context: Promise<Context>): Promise<HttpReply | null> {
  // Who may not ask is told so by Apollo, like everybody else.
  const asked = await context.catch(() => null);
  const answer = asked === null ? null : await http.answer(request, question, asked);
  return typeof answer === 'function' ? answer() : answer;
}

async function askApollo<Context extends BaseContext>(server: ApolloServer<Context>, request: HttpRequest, context: () => Promise<Context>): Promise<AnyHttpReply> {
  const { status = 200, headers, body } = await server.executeHTTPGraphQLRequest({ httpGraphQLRequest: toApollo(request), context });
  return { status, headers: Object.fromEntries(headers), body: body.kind === 'complete' ? body.string : body.asyncIterator };
}

/** Adds headers that keep downstream caches from giving an answer of Apollo to another viewer, also one that no plugin saw. */
function unkept(reply: AnyHttpReply, { method }: HttpRequest, vary: readonly string[] | undefined): AnyHttpReply {
  if (vary === undefined) return reply;
  const headers: Record<string, string> = { ...reply.headers, vary: varyOn(reply.headers['vary'], vary.join()) ?? '*' };
  // Without `Cache-Control`, a cache may assume a lifetime (RFC 9111, section 4.2.2). It keeps no answer to a POST.
  if (method !== 'POST') headers['cache-control'] ??= 'no-store';
  return { ...reply, headers };
}

function toApollo({ method, headers: sent, search, body }: HttpRequest): Parameters<ApolloServer['executeHTTPGraphQLRequest']>[0]['httpGraphQLRequest'] {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(sent)) {
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return { method, headers, search, body };
}
