import { DEMO_PASSWORD } from '../../src/database/seed/demo-accounts.js';

export interface RequestOptions {
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** A slug, for `X-Tenant`. */
  readonly tenant?: string | undefined;
  readonly token?: string | undefined;
  /** `Accept-Language`. */
  readonly language?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Members of the body beside `query` and `variables`. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

export interface ReplyError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

export interface Reply<Data = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  readonly data: Data | null;
  readonly errors: readonly ReplyError[];
  /** The codes of the errors, in order. */
  readonly codes: readonly string[];
}

/** Speaks GraphQL over HTTP with a running service. */
export class Client {
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(readonly url: string) {}

  async request<Data = Record<string, unknown>>(query: string | undefined, options: RequestOptions = {}): Promise<Reply<Data>> {
    const { variables, body } = options;
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf(options) },
      body: JSON.stringify({ query, variables, ...body }),
    });
    return toReply(response);
  }

  /** As a browser or CDN would ask: everything in the address. */
  async get<Data = Record<string, unknown>>(parameters: Readonly<Record<string, string>>, options: RequestOptions = {}): Promise<Reply<Data>> {
    const response = await fetch(`${this.url}/graphql?${String(new URLSearchParams(parameters))}`, { headers: headersOf(options) });
    return toReply(response);
  }

  /** As `request`, for what is expected to succeed. @throws Error with the errors of the reply. */
  async data<Data>(query: string, options: RequestOptions = {}): Promise<Data> {
    const { data, errors, text } = await this.request<Data>(query, options);
    if (data === null || errors.length > 0) throw new Error(`the request failed: ${text}`);
    return data;
  }

  /** A new session. */
  async signIn(email: string, password: string = DEMO_PASSWORD): Promise<string> {
    const query = 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { token } }';
    const { signIn } = await this.data<{ signIn: { token: string } }>(query, { variables: { input: { email, password } } });
    return signIn.token;
  }

  /** The token of a session that is opened once and shared by all who ask: not to be signed out. */
  token(email: string, password?: string): Promise<string> {
    let token = this.#tokens.get(email);
    if (token === undefined) this.#tokens.set(email, (token = this.signIn(email, password)));
    return token;
  }
}

function headersOf({ tenant, token, language, headers }: RequestOptions): Record<string, string> {
  return {
    accept: 'application/json',
    ...(tenant === undefined ? {} : { 'x-tenant': tenant }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    // Node's fetch would send one of its own.
    'accept-language': language ?? '',
    ...headers,
  };
}

async function toReply<Data>(response: Response): Promise<Reply<Data>> {
  const text = await response.text();
  const { data = null, errors = [] } = JSON.parse(text) as { data?: Data | null; errors?: ReplyError[] };
  return { status: response.status, headers: response.headers, text, data, errors, codes: errors.map((error) => error.extensions.code) };
}
