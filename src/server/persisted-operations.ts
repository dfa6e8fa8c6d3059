import { readFile } from 'node:fs/promises';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { parse } from 'graphql';
import type { Config } from '../config.js';

/** Operations that were registered when the clients were built: known by their hash from the start. */
export interface PersistedOperations {
  /** `only`: no other operation is answered. */
  readonly mode: 'off' | 'prefer' | 'only';
  documentOf(hash: string): string | undefined;
  has(document: string): boolean;
}

export const NO_PERSISTED_OPERATIONS: PersistedOperations = { mode: 'off', documentOf: () => undefined, has: () => false };

/** Named as those of the configuration, which it is a part of: the start stops with one sentence. */
class ManifestError extends Error {
  override readonly name = 'ConfigError';

  constructor(path: string, reason: string) {
    super(`PERSISTED_OPERATIONS_MANIFEST is "${path}", ${reason}: give a JSON file that maps the hash of each operation to its document.`);
  }
}

/** @throws Error in one sentence for a manifest that cannot be used. */
export async function readPersistedOperations({ mode, manifest }: Config['persistedOperations']): Promise<PersistedOperations> {
  if (mode === 'off' || manifest === null) return NO_PERSISTED_OPERATIONS;
  const text = await readFile(manifest, 'utf8').catch(() => {
    throw new ManifestError(manifest, 'which cannot be read');
  });
  const byHash = parseManifest(text, manifest);
  const documents = new Set(byHash.values());
  return { mode, documentOf: (hash) => byHash.get(hash), has: (document) => documents.has(document) };
}

const HASH = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Relay's form, `{"<hash>": "<document>"}`, or Apollo's, `{"format": "apollo-persisted-query-manifest", "operations": [{"id", "body"}]}`. */
export function parseManifest(text: string, path: string): ReadonlyMap<string, string> {
  const entries = entriesOf(text, path);
  if (entries.length === 0) throw new ManifestError(path, 'which has no operation');
  for (const [hash, document] of entries) {
    if (typeof hash !== 'string' || !HASH.test(hash)) throw new ManifestError(path, `where ${JSON.stringify(hash)} is no hash`);
    if (typeof document !== 'string' || !isDocument(document)) throw new ManifestError(path, `where the document of ${hash} is not GraphQL`);
  }
  return new Map(entries as [string, string][]);
}

function entriesOf(text: string, path: string): [unknown, unknown][] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new ManifestError(path, 'which is not JSON');
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) throw new ManifestError(path, 'which is no JSON object');
  if (!('format' in manifest)) return Object.entries(manifest);
  const { format, operations } = manifest as { readonly format?: unknown; readonly operations?: unknown };
  if (format !== 'apollo-persisted-query-manifest' || !Array.isArray(operations)) throw new ManifestError(path, 'whose format is not known');
  return operations.map((operation: unknown) => {
    const { id, body } = (operation ?? {}) as { readonly id?: unknown; readonly body?: unknown };
    return [id, body];
  });
}

function isDocument(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

const APOLLO_PREFIX = 'apq:';

/** Where Apollo looks for a hash: in the manifest first; what clients register at run time is kept unless only the manifest counts. */
export function withManifest(persisted: PersistedOperations, registered: KeyValueCache): KeyValueCache {
  if (persisted.mode === 'off') return registered;
  return {
    get: async (key) => persisted.documentOf(key.startsWith(APOLLO_PREFIX) ? key.slice(APOLLO_PREFIX.length) : key) ?? registered.get(key),
    set: async (key, value, options) => {
      if (persisted.mode === 'prefer') await registered.set(key, value, options);
    },
    delete: (key) => registered.delete(key),
  };
}
