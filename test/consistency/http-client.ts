import { Agent, request } from 'node:http';

export interface Answer {
  readonly kind: 'answer';
  readonly data: Readonly<Record<string, unknown>>;
  readonly position: string | null;
  readonly pending: boolean;
}

/** `refused`: the request was never sent, so that it has certainly done nothing. */
export interface Failure {
  readonly kind: 'refused' | 'failed';
  readonly reason: string;
}

export interface Ask {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that takes longer than anything that is injected has been lost. */
const PATIENCE = 30_000;

/** Speaks GraphQL over HTTP with one node, over connections that are kept. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo' });

  constructor(private readonly port: number) {}

  ask({ query, variables, headers }: Ask): Promise<Answer | Failure> {
    const body = JSON.stringify({ query, variables });
    return new Promise((resolve) => {
      let reused = false;
      const fail = (error: NodeJS.ErrnoException): void => {
        resolve({ kind: error.code === 'ECONNREFUSED' && !reused ? 'refused' : 'failed', reason: error.code ?? error.message });
      };
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path: '/graphql',
          method: 'POST',
          agent: this.#agent,
          timeout: PATIENCE,
          headers: { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => resolve(toAnswer(Buffer.concat(chunks).toString(), single(response.headers['larder-position']))));
        },
      );
      sent.on('socket', () => (reused = sent.reusedSocket));
      sent.on('timeout', () => sent.destroy(Object.assign(new Error('no answer'), { code: 'NO_ANSWER' })));
      sent.on('error', fail);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function toAnswer(text: string, position: string | null): Answer | Failure {
  try {
    const reply = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: { extensions?: { code?: string } }[]; extensions?: { invalidation?: string } };
    if (reply.errors !== undefined || !reply.data) return { kind: 'failed', reason: reply.errors?.[0]?.extensions?.code ?? 'no data' };
    return { kind: 'answer', data: reply.data, position, pending: reply.extensions?.invalidation === 'PENDING' };
  } catch {
    return { kind: 'failed', reason: 'no JSON' };
  }
}

function single(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : (header?.[0] ?? null);
}
