import { GLOBAL, tags, type CacheScope, type Definition, type Reader, type Tag, type WriteThrough } from '../cache/index.js';
import type { Db } from '../database/database.js';
import { LarderError } from './errors.js';
import { resolveLanguage } from './language.js';
import { suffices, type Role } from './roles.js';
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
  readonly viewer: Viewer;
  /** Languages that the client accepts, best first (RFC 9110, section 12.5.4). */
  readonly acceptedLanguages: readonly string[];
  /** Whom the network takes the client for, for limits that count clients. */
  readonly client?: string;
  /** Whether the answer is to tell how it came about. */
  readonly explains?: boolean;
  readonly reader: Reader<ReadDb>;
  readonly transaction: Transaction;
  readonly writes: WriteLog;
  /** What others who get a value made with this context do not share: whoever asks for it, makes a value for one request alone. */
  readonly unshared?: { readonly viewer: boolean; readonly tenant: boolean };
}

/** What every resolver gets: who asks, for which tenant, in which language, and the only ways to read and to write. */
export class Context {
  /** Asked for by field after field of a list. Apollo Server copies contexts, and would leave a private member behind. */
  private tenantTags: readonly Tag[] | null = null;

  constructor(private readonly parts: ContextParts) {}

  /** Who asks. What is made of it for all viewers is answered, and not stored: it must not depend on who asked first (P1). */
  get viewer(): Viewer {
    if (this.parts.unshared?.viewer === true) this.reader.collector.forbid('it asked who the viewer is, and its scope is PUBLIC');
    return this.parts.viewer;
  }

  /** Whether the viewer's role suffices for what requires one. Fields say so in the schema, and keys hold it: anybody may ask. */
  mayDo(required: Role): boolean {
    return suffices(this.parts.viewer.role, required);
  }

  get explains(): boolean {
    return this.parts.explains === true;
  }

  get client(): string {
    return this.parts.client ?? '';
  }

  get isSignedIn(): boolean {
    return this.parts.viewer.kind !== 'anonymous';
  }

  get reader(): Reader<ReadDb> {
    return this.parts.reader;
  }

  /** The tenant of the request. What is made of it depends on its row. @throws LarderError TENANT_REQUIRED where nobody said which. */
  get tenant(): Tenant {
    const { reader } = this.parts;
    const tenant = this.tenantOrNull;
    if (tenant === null) throw tenantRequired();
    this.tenantTags ??= [tags.row(GLOBAL, 'tenants', tenant.id), tags.everyRow(GLOBAL, 'tenants')];
    for (const tag of this.tenantTags) reader.collector.tag(tag);
    return tenant;
  }

  /** What the transactions of this operation handed out. */
  get writes(): WriteLog {
    return this.parts.writes;
  }

  get tenantOrNull(): Tenant | null {
    if (this.parts.unshared?.tenant === true) this.reader.collector.forbid('it asked for the tenant, and is to be shared by all');
    return this.parts.tenant;
  }

  /** The argument, else the best of `Accept-Language` that the tenant has, else the tenant's default. */
  language(argument?: string | null): string {
    return resolveLanguage(this.tenant, this.parts.acceptedLanguages, argument);
  }

  /**
   * The same for a key, null without a tenant: what is kept under a language need not depend on the tenant's row for that, since
   * the language is found anew whenever the key is made.
   */
  languageOfKey(argument: string | null): string | null {
    const { tenant, acceptedLanguages } = this.parts;
    return tenant === null ? null : resolveLanguage(tenant, acceptedLanguages, argument);
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

  /** The same request reading through another reader, for a value that others get, too. */
  within(reader: Reader<ReadDb>, of: { readonly shared: boolean; readonly scope: CacheScope }): Context {
    const { unshared = { viewer: false, tenant: false } } = this.parts;
    return new Context({
      ...this.parts,
      reader,
      unshared: { viewer: unshared.viewer || of.scope === 'PUBLIC', tenant: unshared.tenant || of.shared },
    });
  }
}

function tenantRequired(): LarderError {
  return new LarderError('TENANT_REQUIRED', 'This field belongs to a tenant, and the request names none.');
}
