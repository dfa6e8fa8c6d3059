import { CommandError } from './command-error.js';

/** A running server, and as whom it is asked. */
export interface Remote {
  readonly url: string;
  readonly token: string | null;
  /** Slug of the tenant that the request names; tenant admins are admins of one only. */
  readonly tenant: string | null;
}

export type Fetch = typeof fetch;

const TIMEOUT = 15_000;

/** Sends one operation. @throws CommandError with the server's code and message, or why there was no answer. */
export async function ask(remote: Remote, document: string, options: { readonly variables?: object; readonly fetch?: Fetch } = {}): Promise<unknown> {
  if (remote.token === null) {
    throw new CommandError('An administrator\'s token is needed: sign in with the mutation `signIn`, and give what it returns with --token or LARDER_TOKEN.', 'TOKEN_REQUIRED', 2);
  }
  const response = await send(remote, '/graphql', {
    fetch: options.fetch,
    init: {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${remote.token}`,
        ...(remote.tenant === null ? {} : { 'x-tenant': remote.tenant }),
      },
      body: JSON.stringify({ query: document, variables: options.variables ?? {} }),
    },
  });
  const answer = parse(response.text) as { data?: unknown; errors?: { message?: string; extensions?: { code?: string } }[] } | null;
  const error = answer?.errors?.[0];
  if (error !== undefined) throw new CommandError(error.message ?? 'The server refused.', error.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
  if (answer?.data === undefined || answer.data === null) {
    throw new CommandError(`${remote.url} answered ${response.status}, and not as a Larder does: check --url.`, 'NO_LARDER');
  }
  return answer.data;
}

export interface Health {
  readonly ready: boolean;
  readonly status: number;
  readonly report: unknown;
}

/** Whether the server says that it is ready. @throws CommandError when nothing answers. */
export async function askHealth(remote: Pick<Remote, 'url'>, options: { readonly fetch?: Fetch } = {}): Promise<Health> {
  const { status, text } = await send(remote, '/health/ready', { fetch: options.fetch, init: { headers: { accept: 'application/json' } } });
  return { ready: status === 200, status, report: parse(text) ?? text };
}

async function send(
  { url }: Pick<Remote, 'url'>,
  path: string,
  { init, fetch: send = fetch }: { readonly init: RequestInit; readonly fetch?: Fetch | undefined },
): Promise<{ readonly status: number; readonly text: string }> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CommandError(`${JSON.stringify(url)} is no address: give --url such as http://127.0.0.1:4000.`, 'URL_INVALID', 2);
  }
  try {
    // A redirect is not followed: it could take the token elsewhere.
    const response = await send(url.replace(/\/+$/, '') + path, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const patience = error instanceof Error && error.name === 'TimeoutError' ? ` within ${TIMEOUT / 1000} s` : '';
    throw new CommandError(`No server answers at ${url}${patience}: start one with \`larder serve\`, or give its --url.`, 'UNREACHABLE');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
