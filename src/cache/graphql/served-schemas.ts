import { randomUUID } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { Cache } from '../core/cache.js';
import { CacheError } from '../core/errors.js';
import { schemaVersion } from './schema-version.js';

/** State of one plugin for one schema. */
export interface ServedSchema<Responses> {
  /** Null for a schema that is left to Apollo: a gateway's, which has no resolvers here, or one that was refused. */
  responses: Responses | null;
  readonly claim: Claim;
}

/** The schema that owns the entries of a version, and the number of running servers that have it. */
interface Claim {
  readonly schema: GraphQLSchema;
  readonly version: string;
  servers: number;
}

/** Prepares a schema under the version that its entries are stored with. */
export type OpenSchema<Responses> = (schema: GraphQLSchema, version: string) => Responses;

/**
 * State of a plugin per schema of its servers. One plugin object may be in several servers, and a server may replace its schema,
 * so the state is keyed by the schema alone.
 */
export class ServedSchemas<Responses> {
  readonly #bySchema = new WeakMap<GraphQLSchema, ServedSchema<Responses>>();

  constructor(
    private readonly cache: Cache,
    private readonly build: string | undefined,
    private readonly open: OpenSchema<Responses>,
  ) {}

  of(schema: GraphQLSchema): ServedSchema<Responses> {
    let served = this.#bySchema.get(schema);
    if (served === undefined) {
      const version = versionOf({ cache: this.cache, build: this.build }, schema);
      this.#bySchema.set(schema, (served = { responses: this.open(schema, version), claim: { schema, version, servers: 0 } }));
    }
    return served;
  }

  /**
   * A server has the schema from now on.
   *
   * @throws CacheError for a schema whose entries would be those of another.
   */
  take(schema: GraphQLSchema): void {
    const { claim } = this.of(schema);
    const claims = claimsOn.get(this.cache) ?? new Map<string, Claim>();
    claimsOn.set(this.cache, claims);
    const other = claims.get(claim.version);
    if (other !== undefined && other.schema !== schema && other.servers > 0) {
      throw new CacheError('CACHE_STORE_REFUSED', 'Two running servers have schemas that read the same, and in Redis they would share entries: give both one schema object, or each a responseCachePlugin with a `version` of its own.');
    }
    claims.set(claim.version, claim);
    claim.servers++;
  }

  /** A server that had the schema has stopped, or has another one. */
  release(schema: GraphQLSchema): void {
    this.of(schema).claim.servers--;
  }

  /** A server has replaced its schema. A new one that is refused is left to Apollo. */
  replace(before: GraphQLSchema, after: GraphQLSchema): void {
    try {
      this.take(after);
    } catch (error) {
      this.of(after).responses = null;
      throw error;
    } finally {
      this.release(before);
    }
  }
}

/** Claims of each cache, by version. */
const claimsOn = new WeakMap<Cache, Map<string, Claim>>();

/**
 * The version that entries of a schema are stored under (P5). Two schemas may read the same and have different resolvers. In
 * memory each schema object has its own entries; in Redis, where processes share them, `build` distinguishes the schemas.
 */
function versionOf({ cache, build }: { readonly cache: Cache; readonly build: string | undefined }, schema: GraphQLSchema): string {
  if (cache.ledger.report().kind !== 'redis') return schemaVersion(schema, `${build ?? ''} ${randomUUID()}`);
  if (build === undefined) {
    throw new CacheError('CACHE_STORE_REFUSED', 'Entries in Redis outlive this process: give responseCachePlugin a `version` that changes with each build of your resolvers.');
  }
  return schemaVersion(schema, build);
}
