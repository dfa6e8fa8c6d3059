import { Agent, request } from 'node:http';

/** What a request came to: exactly one of an answer with data, a code, or a broken connection. */
export interface Outcome {
  readonly status: number;
  /** Code of the first GraphQL error; the system's code where no answer came; null when there was no error. */
  readonly code: string | null;
  /** Whether `code` is of the connection and not of GraphQL. */
  readonly isBroken: boolean;
  readonly cacheStatus: string;
  readonly text: string;
}

export type Sent = { readonly query: string; readonly variables?: unknown };

/** Longer than any time limit that is tried. */
const PATIENCE = 40_000;

/** Sends GraphQL over HTTP to one port of this machine, over connections that are kept. */
export class TrialClient {
  readonly #agent: Agent;

  constructor(
    private readonly port: number,
    { connections = Infinity }: { readonly connections?: number } = {},
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Never rejects. */
  send(sent: Sent, headers: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.sendBody(JSON.stringify(sent), headers);
  }

  sendBody(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.#request({ path: '/graphql', method: 'POST', body, headers: { 'content-type': 'application/json', 'x-tenant': 'downtown', ...headers } });
  }

  get(path: string): Promise<Outcome> {
    return this.#request({ path, method: 'GET', body: '', headers: {} });
  }

  /** @throws when the demo account may not sign in. */
  async signIn(email: string): Promise<string> {
    const { text } = await this.send({ query: 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }', variables: { input: { email, password: 'larder-demo' } } });
    const token = /"token":"([^"]+)"/.exec(text)?.[1];
    if (token === undefined) throw new Error(`${email} could not sign in: ${text.slice(0, 300)}`);
    return token;
  }

  close(): void {
    this.#agent.destroy();
  }

  #request({ path, method, body, headers }: { readonly path: string; readonly method: string; readonly body: string | Buffer; readonly headers: Readonly<Record<string, string>> }): Promise<Outcome> {
    return new Promise((resolve) => {
      const fail = (error: NodeJS.ErrnoException): void => resolve({ status: 0, code: error.code ?? error.message, isBroken: true, cacheStatus: '', text: '' });
      const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
      const sent = request({ host: '127.0.0.1', port: this.port, path, method, agent: this.#agent, headers: { ...headers, ...length } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail);
        response.on('end', () => {
          clearTimeout(late);
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          resolve({ status, code: codeOf(text, status), isBroken: false, cacheStatus: String(response.headers['cache-status'] ?? ''), text });
        });
      });
      const late = setTimeout(() => sent.destroy(Object.assign(new Error('no answer'), { code: 'NO_ANSWER' })), PATIENCE);
      sent.on('error', (error) => {
        clearTimeout(late);
        fail(error);
      });
      sent.end(method === 'GET' ? undefined : body);
    });
  }
}

/** The code of the first error in an answer, `HTTP <status>` where it has none, null where nothing failed. */
export function codeOf(text: string, status: number): string | null {
  // Most answers are data: they are not parsed.
  const hasErrors = text.includes('"errors":[');
  if (!hasErrors) return status >= 200 && status < 300 ? null : `HTTP ${status}`;
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return errors === undefined ? null : (errors[0]?.extensions?.code ?? `HTTP ${status}`);
  } catch {
    return `HTTP ${status}`;
  }
}
