import { buildSchema, isObjectType, Kind, parse, type GraphQLSchema } from 'graphql';
import { Cache } from '../../src/cache/core/cache.js';
import type { Entry } from '../../src/cache/core/entry.js';
import type { CacheKey } from '../../src/cache/core/key.js';
import { Reader } from '../../src/cache/core/reader.js';
import type { EntryStore, StoreWrite } from '../../src/cache/core/store.js';
import { partition, tags } from '../../src/cache/core/tags.js';
import { MemoryLedger } from '../../src/cache/stores/memory-ledger.js';
import { cacheDirectivesSDL } from '../../src/cache/graphql/directives.js';
import { joinPieces, type AnsweredPiece } from '../../src/cache/graphql/answered-piece.js';
import { ResponseCache } from '../../src/cache/graphql/response-cache.js';
import { withoutMechanism } from './without.js';

/** For tests: a schema-first service with a response cache and nothing around it. */
const SDL = `
  ${cacheDirectivesSDL}
  directive @requires(role: String!) on FIELD_DEFINITION
  type Query {
    thing(id: ID!, size: Int = 1): Thing @cacheControl(maxAge: 60)
    things(first: Int): [Thing!] @cacheControl(maxAge: 60)
    any(id: ID!): Any @cacheControl(maxAge: 60)
    me: Me
    live: Int @cacheControl(maxAge: 0)
    clock: Int @cacheControl(maxAge: 60) @cachePolicy(timeDependent: true)
    shared: String @cacheControl(maxAge: 60) @cachePolicy(shared: true)
    unhinted: Part
    must: Int! @cacheControl(maxAge: 60)
    peeks: String @cacheControl(maxAge: 60)
  }
  type Mutation { touch: Int @cacheControl(maxAge: 60) }
  union Any = Thing | Me
  type Thing @cacheControl(maxAge: 30) {
    id: ID!
    name: String
    owner: Me
    secret: String @requires(role: "STAFF")
    broken: String
    part: Part
    sized(by: Float = 1, note: String): String
  }
  type Part @cacheControl(inheritMaxAge: true) { name: String }
  type Me @cacheControl(maxAge: 30, scope: PRIVATE) { id: ID! name: String }
`;

export interface Asking {
  readonly of?: string | null;
  readonly viewer?: string | null;
  readonly roles?: readonly string[];
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface WorldContext {
  readonly reader: Reader<null>;
  readonly viewer: string | null;
  readonly roles: readonly string[];
  readonly isPublic: boolean;
}

export class SmallWorld {
  readonly schema: GraphQLSchema = buildSchema(SDL);
  readonly entries = new Map<string, Entry>();
  readonly cache: Cache;
  readonly responses: ResponseCache<WorldContext, null>;
  /** Names of the root fields that were executed, in order. */
  readonly executed: string[] = [];
  /** What `thing` is called. */
  name = 'first';
  now = 1_000_000;
  /** Root fields wait for it. */
  held: Promise<void> = Promise.resolve();

  constructor() {
    const without = withoutMechanism();
    const ledger = new MemoryLedger({ clock: { now: () => this.now } });
    this.cache = new Cache({ store: storeOver(this.entries), ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: (error) => { throw error; }, without });
    this.#resolve();
    this.responses = new ResponseCache<WorldContext, null>({
      executesUnstored: true,
      schema: this.schema,
      version: '1',
      readerOf: ({ reader }) => reader,
      contextWithin: (context, reader, { scope }) => ({ ...context, reader, isPublic: scope === 'PUBLIC' }),
      varyBy: () => ({}),
      viewerOf: ({ viewer }) => viewer,
      permissionOf: (field) => (field.name === 'secret' ? 'STAFF' : null),
      holds: ({ roles }, role) => roles.includes(role),
      without,
    });
  }

  contextOf({ of = 'a', viewer = null, roles = [] }: Asking = {}): WorldContext {
    const own = of === null ? null : partition(of);
    const reader = new Reader<null>({ cache: this.cache, request: this.cache.begin(), partition: own, sources: () => null });
    return { reader, viewer, roles, isPublic: false };
  }

  /** The answer's pieces; null for what the response cache leaves to execution. */
  async pieces(source: string, asking: Asking = {}): Promise<readonly AnsweredPiece[] | null> {
    const document = parse(source);
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first');
    const plan = this.responses.planOf(document, operation);
    const pieces = plan === null ? null : await this.responses.answer({ plan, context: this.contextOf(asking), variables: asking.variables ?? {} });
    await this.cache.drain();
    return pieces;
  }

  /** The answer's data, and which root fields were executed for it. */
  async ask(source: string, asking: Asking = {}): Promise<{ data: unknown; executed: readonly string[] }> {
    const from = this.executed.length;
    const pieces = await this.pieces(source, asking);
    if (pieces === null) throw new Error('left to execution');
    return { data: JSON.parse(joinPieces(pieces)) as unknown, executed: this.executed.slice(from) };
  }

  /** As a write would. */
  async change(name: string): Promise<void> {
    this.name = name;
    await this.cache.invalidate([tags.row(partition('a'), 'things', '1')]);
  }

  #resolve(): void {
    const { executed } = this;
    const thing = (id: string, { reader }: WorldContext): object => {
      if (reader.partition !== null) reader.collector.tag(tags.row(reader.partition, 'things', id));
      return { __typename: 'Thing', id, name: `${this.name} of ${reader.partition}`, part: { name: 'part' }, owner: { __typename: 'Me', id: 'o', name: 'owner' } };
    };
    const root: Record<string, (args: Record<string, unknown>, context: WorldContext) => unknown> = {
      thing: ({ id }, context) => (id === 'none' ? null : thing(id as string, context)),
      things: (_, context) => [thing('1', context), thing('2', context)],
      any: ({ id }, context) => (id === 'me' ? { __typename: 'Me', id: context.viewer, name: context.viewer } : thing(id as string, context)),
      me: (_, { viewer }) => (viewer === null ? null : { id: viewer, name: viewer }),
      live: () => this.executed.length,
      clock: () => this.now,
      shared: () => 'for all',
      unhinted: (_, context) => thing('1', context),
      must: () => { throw new Error('must'); },
      peeks: (_, { viewer, isPublic, reader }) => {
        if (isPublic) reader.collector.forbid('it asked who the viewer is');
        return viewer;
      },
    };
    const type = this.schema.getQueryType();
    for (const [name, resolve] of Object.entries(root)) {
      const field = type?.getFields()[name];
      if (field === undefined) throw new Error(name);
      field.resolve = async (_, args: Record<string, unknown>, context: WorldContext) => {
        executed.push(name);
        await this.held;
        return resolve(args, context);
      };
    }
    const named = this.schema.getType('Thing');
    const fields = isObjectType(named) ? named.getFields() : {};
    if (fields['secret'] === undefined || fields['broken'] === undefined || fields['sized'] === undefined) throw new Error('fields');
    fields['secret'].resolve = (_, __, { roles }: WorldContext) => {
      if (!roles.includes('STAFF')) throw new Error('FORBIDDEN');
      return 'for staff';
    };
    fields['broken'].resolve = () => { throw new Error('broken'); };
    fields['sized'].resolve = (_, args: Record<string, unknown>) => JSON.stringify(args);
  }
}

function storeOver(entries: Map<string, Entry>): EntryStore {
  return {
    getMany: (keys: readonly CacheKey[]) => Promise.resolve(keys.map((key) => entries.get(key))),
    setMany: (writes: readonly StoreWrite[]) => {
      for (const { key, entry } of writes) entries.set(key, entry);
      return Promise.resolve();
    },
    deleteMany: () => Promise.resolve(),
    clear: () => Promise.resolve(entries.clear()),
    clearPartition: () => Promise.resolve(),
    stats: () => Promise.resolve({ tiers: [] }),
    close: () => Promise.resolve(),
  };
}
