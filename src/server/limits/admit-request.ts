import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { LarderError } from '../../graphql/errors.js';
import type { PersistedOperations } from '../persisted-operations.js';

export interface Admission {
  /** Operations in one request; 0 accepts no list of them at all. */
  readonly batch: number;
  /** Greatest nesting depth of lists and objects in JSON. */
  readonly jsonDepth: number;
  readonly persisted: PersistedOperations;
}

/** What this server reads of an operation before GraphQL does; anything may stand in it. */
interface Sent {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

const HASH = /^[A-Za-z0-9_.:-]{1,128}$/;

/**
 * Refuses what need not get as far as GraphQL: batches, documents that are not registered where only these are answered,
 * hashes that are none, and texts with a null character, which no text in the database can have.
 *
 * @returns how many operations the request has.
 * @throws LarderError.
 */
export function admitRequest({ method, url, body }: Pick<FastifyRequest, 'method' | 'url' | 'body'>, admission: Admission): number {
  if (method === 'GET') {
    admitOperation(fromAddress(url), admission);
    return 1;
  }
  if (!Array.isArray(body)) {
    if (typeof body === 'object' && body !== null) admitOperation(body, admission);
    return 1;
  }
  if (admission.batch === 0) throw new LarderError('BATCHING_DISABLED', 'The body is a list of operations, and only one is accepted.');
  if (body.length > admission.batch) {
    throw new LarderError('BATCH_TOO_LARGE', `The request has ${body.length} operations; at most ${admission.batch} are answered.`);
  }
  for (const operation of body as unknown[]) {
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
      throw new LarderError('BAD_REQUEST', 'An operation of the list is no object.');
    }
    admitOperation(operation, admission);
  }
  return Math.max(1, body.length);
}

/** As far as it can be read; what cannot be is refused by GraphQL over HTTP. */
function fromAddress(url: string): Sent {
  const parameters = new URLSearchParams(url.split('?').slice(1).join('?'));
  const parsed = (name: string): unknown => {
    const text = parameters.get(name);
    try {
      return text === null ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  return { query: parameters.get('query') ?? undefined, variables: parsed('variables'), extensions: parsed('extensions') };
}

function admitOperation(sent: Sent, { persisted, jsonDepth }: Admission): void {
  const { query, extensions } = sent;
  admitJson(sent, jsonDepth);
  const hash = persistedHash(extensions);
  if (hash !== null && typeof query === 'string' && sha256(query) !== hash && persisted.documentOf(hash) !== query) {
    throw new LarderError('PERSISTED_QUERY_MISMATCH', 'The hash is not that of the document.');
  }
  if (persisted.mode !== 'only') return;
  const isRegistered = typeof query === 'string' ? persisted.has(query) : hash !== null && persisted.documentOf(hash) !== undefined;
  if (!isRegistered) throw new LarderError('OPERATION_NOT_REGISTERED', 'The operation is not in the manifest of this server.');
}

function persistedHash(extensions: unknown): string | null {
  const { persistedQuery } = (typeof extensions === 'object' && extensions !== null ? extensions : {}) as { readonly persistedQuery?: unknown };
  if (persistedQuery === undefined || persistedQuery === null) return null;
  const { version, sha256Hash } = persistedQuery as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== 'string' || !HASH.test(sha256Hash)) {
    throw new LarderError('BAD_REQUEST', '`extensions.persistedQuery` is not of the form `{"version": 1, "sha256Hash": "…"}`.');
  }
  return sha256Hash;
}

/** Not by recursion: what is sent may be nested deeper than the stack. */
function admitJson(sent: Sent, maxDepth: number): void {
  // Two parallel arrays: an object per value would cost more than the rest.
  const open: unknown[] = [sent];
  const depths: number[] = [1];
  const look = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      if (value.includes('\0')) throw nullCharacter();
    } else if (typeof value === 'object' && value !== null) {
      if (depth > maxDepth) throw new LarderError('BAD_REQUEST', `The JSON has more than ${maxDepth} lists and objects in each other.`);
      open.push(value);
      depths.push(depth);
    }
  };
  while (open.length > 0) {
    const value = open.pop();
    const depth = (depths.pop() ?? 0) + 1;
    if (Array.isArray(value)) {
      for (const item of value) look(item, depth);
      continue;
    }
    for (const name in value as object) {
      if (name.includes('\0')) throw nullCharacter();
      look((value as Readonly<Record<string, unknown>>)[name], depth);
    }
  }
}

function nullCharacter(): LarderError {
  return new LarderError('BAD_USER_INPUT', 'The request contains a null character, which no text may have.');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
