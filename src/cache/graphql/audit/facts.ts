import type { DefinitionFacts } from '../../core/definition-facts.js';
import type { CacheScope, Policy } from '../../core/policy.js';

/** What an audit is told of the application around the schema. */
export interface AuditFacts {
  /** The loaders and lists there are. */
  readonly definitions: readonly DefinitionFacts[];
  /** The tables there are; null where nobody says, and then nothing is demanded of what is cached about tables. */
  readonly tables: readonly TableFacts[] | null;
  /** Who writes tables beside mutations: imports, jobs, other programs. */
  readonly writers: readonly { readonly name: string; readonly tables: readonly string[] }[];
  /** What holds the rows of a type: its loader, or its table. */
  readonly types: Readonly<Record<string, { readonly table: string; readonly partition: 'own' | 'global'; readonly name?: string }>>;
  /** The policies that `@cachePolicy(profile:)` may name. */
  readonly profiles: Readonly<Record<string, Policy>>;
  /** Of root fields, and of fields that return objects, where neither field nor type has a hint. Milliseconds. */
  readonly defaultMaxAge: number;
  /** What the application calls a partition. */
  readonly partition: string;
}

export interface TableFacts {
  readonly name: string;
  readonly partition: 'own' | 'global';
  /** Whether every change of it becomes known, whoever makes it. */
  readonly captured: boolean;
}

/** For a schema alone. */
export const NO_FACTS: AuditFacts = { definitions: [], tables: null, writers: [], types: {}, profiles: {}, defaultMaxAge: 0, partition: 'partition' };

/** Something that is cached, or that becomes part of what is. */
export interface AuditedPlace {
  readonly kind: 'field' | 'type' | 'list' | 'entity';
  /** `Query.medicines`, `Medicine`; the name of a list or a loader. */
  readonly name: string;
  /** Milliseconds. Null for a field that has no lifetime of its own: it becomes part of what contains it. */
  readonly maxAge: number | null;
  readonly staleWhileRevalidate: number;
  readonly scope: CacheScope;
  readonly shared: boolean;
  readonly profile: string | null;
  /** Forms of the tags that it depends on. */
  readonly tags: readonly string[];
  readonly tables: readonly string[];
  /** Mutations that may invalidate it, and who else does. */
  readonly invalidatedBy: readonly string[];
}
