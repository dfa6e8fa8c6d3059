import type { GraphQLError, GraphQLFormattedError } from 'graphql';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** What errors want of the HTTP response, in `extensions.http` (`status`, `headers`): Apollo Server's convention. */
export interface ErrorHead {
  readonly status: number | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

const INTERNAL: GraphQLFormattedError = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/** As Apollo Server shows errors: with a code, without what is meant for HTTP, and without what is none of the caller's business. */
export function formatted(error: GraphQLError, formatError: FormatError | undefined): GraphQLFormattedError {
  const { http, ...extensions } = error.extensions;
  const kept = headIn(http) === null && http !== undefined ? { http } : {};
  const shown: GraphQLFormattedError = { ...error.toJSON(), extensions: { ...extensions, ...kept, code: extensions['code'] ?? 'INTERNAL_SERVER_ERROR' } };
  if (formatError === undefined) return shown;
  try {
    return formatError(shown, error);
  } catch {
    return INTERNAL;
  }
}

/** Of several that want something else, the last one gets it. */
export function headOf(errors: readonly GraphQLError[]): ErrorHead {
  let status: number | undefined;
  const headers = new Map<string, string>();
  for (const { extensions } of errors) {
    const head = headIn(extensions['http']);
    status = head?.status ?? status;
    for (const [name, value] of head?.headers ?? []) headers.set(name.toLowerCase(), value);
  }
  return { status, headers };
}

function headIn(http: unknown): Partial<ErrorHead> | null {
  if (typeof http !== 'object' || http === null) return null;
  const { status, headers } = http as { readonly status?: unknown; readonly headers?: unknown };
  if (status !== undefined && typeof status !== 'number') return null;
  if (headers !== undefined && !(headers instanceof Map)) return null;
  return { ...(status === undefined ? {} : { status }), ...(headers === undefined ? {} : { headers: headers as Map<string, string> }) };
}
