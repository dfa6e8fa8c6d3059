import { GLOBAL, tags, type CacheScope, type Definition, type Reader, type WriteThrough } from '../cache/index.js';
import type { Db } from '../database/database.js';
import { LarderError } from './errors.js';
import { resolveLanguage } from './language.js';
import type { Viewer } from './viewer.js';
import type { WriteLog } from './write-log.js';

/** The part of a tenant that requests need. */
export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** How a loader's query reaches the database: as the tenant, with row security. */
export type ReadDb = <T>(query: (db: Db) => Promise<T>) => Promise<T>;

/** Whose rows a transaction writes: the tenant's of the request, or platform tables (sessions, users, tenants). */
export type WriteScope = 'tenant' | 'platform';

/**
 * Runs work in a transaction; `storing` says what of its result may be stored at once (write-through), instead of being
 * loaded by the next who asks.
 */
export type Transaction = <T>(
  scope: WriteScope,
  work: (tx: Db) => Promise<T>,
  storing?: (result: T) => readonly WriteThrough<ReadDb>[],
) => Promise<T>;

export interface ContextParts {
  readonly tenant: Tenant | null;
  /** Null inside a load that all viewers share. */
  readonly viewer: Viewer | null;
  /** Languages that the client accepts, best first (RFC 9110, section 12.5.4). */
  readonly acceptedLanguages: readonly string[];
  readonly reader: Reader<ReadDb>;
  readonly transaction: Transaction;
  readonly writes: WriteLog;
}

/** What every resolver gets: who asks, for which tenant, in which language, and the only ways to read and to write. */
export class Context {
  constructor(private readonly parts: ContextParts) {}

  /** Who asks. @throws Error inside a load whose value all viewers share: it must not depend on who asked first (P1). */
  get viewer(): Viewer {
    if (this.parts.viewer === null) throw new Error('A resolver whose field is cached as PUBLIC asked who the viewer is: make its profile PRIVATE or leave the viewer out.');
    return this.parts.viewer;
  }

  get reader(): Reader<ReadDb> {
    return this.parts.reader;
  }

  /** The tenant of the request. What is made of it depends on its row. @throws LarderError TENANT_REQUIRED where nobody said which. */
  get tenant(): Tenant {
    const { tenant, reader } = this.parts;
    if (tenant === null) throw tenantRequired();
    reader.collector.tag(tags.row(GLOBAL, 'tenants', tenant.id));
    reader.collector.tag(tags.everyRow(GLOBAL, 'tenants'));
    return tenant;
  }

  /** What the transactions of this operation handed out. */
  get writes(): WriteLog {
    return this.parts.writes;
  }

  get tenantOrNull(): Tenant | null {
    return this.parts.tenant;
  }

  /** The argument, else the best of `Accept-Language` that the tenant has, else the tenant's default. */
  language(argument?: string | null): string {
    return resolveLanguage(this.tenant, this.parts.acceptedLanguages, argument);
  }

  /** Reads. Everything about keys, tenancy, privacy, tags and races happens behind it. */
  load<Loader>(definition: Definition<ReadDb, Loader>): Loader {
    if (definition.partition === 'own' && this.parts.reader.partition === null) throw tenantRequired();
    return this.parts.reader.load(definition);
  }

  /**
   * Writes. What depends on the change is invalid when it resolves, and the request sees the world anew.
   * Inside, read only through `tx` (F7).
   */
  transaction<T>(scope: WriteScope, work: (tx: Db) => Promise<T>, storing?: (result: T) => readonly WriteThrough<ReadDb>[]): Promise<T> {
    if (scope === 'tenant' && this.parts.tenant === null) return Promise.reject(tenantRequired());
    return this.parts.transaction(scope, work, storing);
  }

  /** The same request reading through another reader: without what its value must not depend on. */
  within(reader: Reader<ReadDb>, of: { readonly shared: boolean; readonly scope: CacheScope }): Context {
    return new Context({
      ...this.parts,
      reader,
      tenant: of.shared ? null : this.parts.tenant,
      viewer: of.scope === 'PUBLIC' ? null : this.parts.viewer,
    });
  }
}

function tenantRequired(): LarderError {
  return new LarderError('TENANT_REQUIRED', 'This field belongs to a tenant, and the request names none.');
}
