import { buildASTSchema, parse, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { DefinitionFacts, ReadFacts } from '../core/definition-facts.js';
import { CacheError } from '../core/errors.js';
import { auditCache, refuseContradictions } from './audit.js';
import type { AuditFacts } from './audit/facts.js';
import { cacheDirectivesSDL } from './directives.js';

/** As a server reads it that looks at no directive. */
function schemaOf(sdl: string, computed: readonly string[] = []): GraphQLSchema {
  const schema = buildASTSchema(parse(cacheDirectivesSDL + sdl), { assumeValidSDL: true });
  for (const name of computed) {
    const [type = '', field = ''] = name.split('.');
    const found = (schema.getType(type) as { getFields?(): Record<string, { resolve?: unknown }> } | undefined)?.getFields?.()[field];
    if (found === undefined) throw new Error(`there is no field ${name}`);
    found.resolve = () => null;
  }
  return schema;
}

const contradictions = (sdl: string, told: Partial<AuditFacts> = {}, computed: readonly string[] = []): readonly string[] => auditCache(schemaOf(sdl, computed), told).contradictions;

const policy = { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC' } as const;
const read = (table: string, more: Partial<ReadFacts> = {}): ReadFacts => ({ table, partition: 'own', by: 'columns', columns: ['shelf_id'], watched: null, containing: null, within: null, wholeTable: false, ...more });
const jars: DefinitionFacts = { layer: 'list', name: 'jarsOfShelf', policy, reads: [read('jars')] };
const jarById: DefinitionFacts = { layer: 'entity', name: 'jar', policy, reads: [read('jars', { by: 'row', columns: ['id'] })] };
const facts: Partial<AuditFacts> = {
  definitions: [jars, jarById],
  tables: [
    { name: 'jars', partition: 'own', captured: true },
    { name: 'labels', partition: 'global', captured: true },
  ],
  types: { Jar: { name: 'jar', table: 'jars', partition: 'own' } },
  writers: [{ name: 'the import', tables: ['labels'] }],
  profiles: { list: policy },
  partition: 'tenant',
};

const SOUND = `
  type Query { jars(shelf: ID): [Jar!]! @cacheControl(maxAge: 60) @cachePolicy(profile: "list") @reads(from: ["jarsOfShelf"]) }
  type Jar @cacheControl(maxAge: 60) { id: ID! label: Label }
  type Label @cacheControl(maxAge: 60, scope: PUBLIC) @reads(from: ["labels"]) { text: String }
  type Mutation { fill(id: ID!): Jar @invalidates(tables: ["jars"]) }
`;

describe('the audit of a schema', () => {
  it('tells of everything that is cached how long, for whom, on what it depends and who makes it invalid', () => {
    const { places, contradictions, notes } = auditCache(schemaOf(SOUND), facts);
    expect({ contradictions, notes }).toEqual({ contradictions: [], notes: [] });
    const common = { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC', shared: false, profile: null };
    expect(places).toEqual([
      { ...common, kind: 'field', name: 'Query.jars', profile: 'list', tags: ['t/<tenant>/jars?shelf_id=…'], tables: ['jars'], invalidatedBy: ['fill'] },
      { ...common, kind: 'type', name: 'Jar', tags: ['t/<tenant>/jars/<id>'], tables: ['jars'], invalidatedBy: ['fill'] },
      { ...common, kind: 'type', name: 'Label', tags: ['t/global/labels'], tables: ['labels'], invalidatedBy: ['the import'] },
      { ...common, kind: 'entity', name: 'jar', tags: ['t/<tenant>/jars/<id>'], tables: ['jars'], invalidatedBy: ['fill'] },
      { ...common, kind: 'list', name: 'jarsOfShelf', tags: ['t/<tenant>/jars?shelf_id=…'], tables: ['jars'], invalidatedBy: ['fill'] },
    ]);
  });

  it('works for a schema of which nothing else is known', () => {
    const { places, contradictions } = auditCache(schemaOf('type Query { now: Int @cacheControl(maxAge: 1, scope: PRIVATE) }'));
    expect(contradictions).toEqual([]);
    expect(places).toMatchObject([{ name: 'Query.now', maxAge: 1_000, scope: 'PRIVATE', tags: [], invalidatedBy: [] }]);
  });

  it('takes for a type without a loader what the fields read that return it', () => {
    const sdl = 'type Query { today: Day @reads(from: ["jars", "labels"]) } type Day @cacheControl(maxAge: 60) { n: Int } type Mutation { fill: Int @invalidates(tables: ["jars"]) }';
    const [, day] = auditCache(schemaOf(sdl), { ...facts, definitions: [] }).places;
    expect(day).toMatchObject({ name: 'Day', tags: ['t/<tenant>/jars', 't/global/labels'], invalidatedBy: ['fill', 'the import'] });
  });

  it('refuses contradictions with a line for each, and nothing else', () => {
    const audit = auditCache(schemaOf('type Query { a: Int @cacheContrl b: Int @cacheControl(maxAge: -1) }'));
    expect(() => refuseContradictions(audit)).toThrow(CacheError);
    expect(() => refuseContradictions(audit)).toThrow(/^Query\.a: .*\nQuery\.b: .*$/);
    expect(() => refuseContradictions(auditCache(schemaOf(SOUND), facts))).not.toThrow();
  });
});

describe('a misspelt hint', () => {
  it.each([
    ['a: Int @cacheContrl(maxAge: 5)', 'Query.a: there is no directive @cacheContrl; write @cacheControl.'],
    ['a: Int @cachecontrol(maxAge: 5)', 'Query.a: there is no directive @cachecontrol; write @cacheControl.'],
    ['a: Int @audited', 'Query.a: there is no directive @audited; remove it, or define it in the schema.'],
    ['a: Int @cacheControl(maxage: 3)', 'Query.a: @cacheControl has no argument maxage; write maxAge.'],
    ['a: Int @cacheControl(seconds: 3)', 'Query.a: @cacheControl has no argument seconds; write one of maxAge, scope, inheritMaxAge.'],
    ['a: Int @cacheControl(maxAge: "5")', 'Query.a: maxAge of @cacheControl is "5"; give a value of type Int.'],
    ['a: Int @cacheControl(maxAge: 5, scope: SECRET)', 'Query.a: scope of @cacheControl is SECRET; give a value of type CacheControlScope.'],
    ['a: Int @cacheControl(maxAge: 5) @cachePolicy(shared: 1)', 'Query.a: shared of @cachePolicy is 1; give a value of type Boolean.'],
    ['a: Int @reads', 'Query.a: @reads lacks its argument from; give it.'],
    ['a(b: Int @cacheControl(maxAge: 5)): Int', 'Query.a(b:): @cacheControl has no meaning there; put it on a field, an object, an interface, a union.'],
    ['a: Int @cacheControl(maxAge: 5) @cacheControl(maxAge: 6)', 'Query.a: @cacheControl stands there more than once, and only the first is read; leave one.'],
  ])('%s', (field, sentence) => {
    expect(contradictions(`type Query { ${field} }`)).toEqual([sentence]);
  });

  it('is found wherever directives stand, and what is right is left alone', () => {
    const sdl = `
      schema @odd { query: Query }
      type Query { a(in: In): E @deprecated(reason: "old") } extend type Query @odd
      enum E @odd { A @odd B @deprecated } input In @odd { a: Int @odd } scalar S @odd @specifiedBy(url: "u") union U @odd = Query
      interface I @odd { a: Int @odd }`;
    const places = contradictions(sdl).map((sentence) => /^(.*): there is no directive @odd/.exec(sentence)?.[1]);
    expect(places.sort()).toEqual(['E', 'E.A', 'I', 'I.a', 'In', 'In.a', 'Query', 'S', 'U', 'schema']);
  });
});

describe('a policy that contradicts itself', () => {
  const profiles = { list: { maxAge: 60_000, staleWhileRevalidate: 5_000, scope: 'PUBLIC', profile: 'list' } } as const;

  it.each([
    ['@cacheControl(maxAge: -5)', 'maxAge is -5, and no lifetime is negative; write 0 for what is never stored.'],
    ['@cacheControl(maxAge: 5) @cachePolicy(staleWhileRevalidate: -1)', 'staleWhileRevalidate is -1, and no lifetime is negative; write 0 for what is never stored.'],
    ['@cacheControl(maxAge: 60) @cachePolicy(profile: "lst")', 'there is no profile lst; write list.'],
    ['@cacheControl(maxAge: 60) @cachePolicy(profile: "weekly")', 'there is no profile weekly; write one of list.'],
    ['@cacheControl(maxAge: 50, scope: PRIVATE) @cachePolicy(profile: "list", staleWhileRevalidate: 5)', 'maxAge and scope differ from what the profile list says; leave out the profile, or take over its values.'],
    ['@cachePolicy(profile: "list", staleWhileRevalidate: 5)', '@cachePolicy names a policy, and without @cacheControl(maxAge:) nothing is cached by it; add that.'],
    ['@cacheControl(maxAge: 5, scope: PRIVATE) @cachePolicy(shared: true)', 'it is PRIVATE to one viewer, and shared by every tenant; leave one of the two out.'],
  ])('%s', (directives, sentence) => {
    expect(contradictions(`type Query { a: Int ${directives} }`, { profiles, partition: 'tenant' })).toEqual([`Query.a: ${sentence}`]);
    expect(contradictions(`type Query { a: T } type T ${directives} { a: Int }`, { profiles, partition: 'tenant' })).toEqual([`T: ${sentence}`]);
  });
});

describe('a hint that no query can use', () => {
  it.each([
    ['Lost @cacheControl(maxAge: 5)', 'Lost has a cache hint, and no query can select it; remove the hint, or let a query return Lost.'],
    ['Reply @cacheControl(maxAge: 5)', 'Reply has a cache hint, and only replies that are never stored contain it; remove the hint, or let a query return Reply.'],
  ])('stands on the type %s', (declared, sentence) => {
    const plain = ['Lost', 'Reply'].filter((name) => !declared.startsWith(name)).map((name) => `type ${name} { a: Int }`);
    expect(contradictions(`type Query { a: Int } type Mutation { b: Reply } type ${declared} { a: Int } ${plain.join(' ')}`)).toEqual([sentence]);
  });

  it('stands on a field of such a type, of a mutation or of a subscription', () => {
    const sdl = 'type Query { a: Int } type Mutation { b: Reply @cacheControl(maxAge: 5) } type Subscription @cacheControl(maxAge: 5) { c: Int } type Reply { a: Int @cacheControl(maxAge: 5) }';
    expect(contradictions(sdl)).toEqual([
      'Mutation.b has a cache hint, and replies of mutations are never stored; remove it, or hint the query that reads the same.',
      'Subscription has a cache hint, and replies of subscriptions are never stored; remove it, or hint the query that reads the same.',
      'Reply.a has a cache hint, and only replies that are never stored contain it; remove the hint, or let a query return Reply.',
    ]);
  });

  it('is none where a query comes to it by way of an interface, a union or other objects', () => {
    const sdl = `
      type Query { node: Node any: Any }
      interface Node { id: ID } type A implements Node @cacheControl(maxAge: 5) { id: ID inner: Inner }
      type Inner @cacheControl(maxAge: 5) { a: Int } union Any @cacheControl(maxAge: 5) = B type B @cacheControl(maxAge: 5) { a: Int }`;
    expect(contradictions(sdl)).toEqual([]);
  });
});

describe('P1 private data in a value that all share', () => {
  const query = (hint: string, rest: string, computed: readonly string[] = []): readonly string[] => contradictions(`type Query { me: Me ${hint} } ${rest}`, {}, ['Query.me', ...computed]);
  const ofType = 'Query.me is stored as PUBLIC, and its value contains Me, which is hinted PRIVATE; make the field PRIVATE too, or the type PUBLIC.';
  const ofField = 'Query.me is stored with its plain fields as PUBLIC, and Me.pay among them is hinted PRIVATE; give Me.pay a resolver of its own, or make Query.me PRIVATE.';

  it('is of a type that is hinted PRIVATE', () => {
    const me = 'type Me @cacheControl(maxAge: 5, scope: PRIVATE) { pay: Int }';
    expect(query('@cacheControl(maxAge: 5, scope: PUBLIC)', me)).toEqual([ofType]);
    expect(query('@cacheControl(maxAge: 5)', me)).toEqual([]);
    expect(query('@cacheControl(maxAge: 5, scope: PRIVATE)', me)).toEqual([]);
    expect(query('@cacheControl(maxAge: 0)', me)).toEqual([]);
    expect(query('', me)).toEqual([]);
  });

  it('is a plain field that is hinted PRIVATE, however deep, and not one with a resolver', () => {
    const direct = 'type Me { pay: Int @cacheControl(scope: PRIVATE) }';
    expect(query('@cacheControl(maxAge: 5)', direct)).toEqual([ofField]);
    expect(query('@cacheControl(maxAge: 5)', direct, ['Me.pay'])).toEqual([]);
    const deep = 'type Me { job: Job } type Job { me: Me pay: Pay } type Pay @cacheControl(scope: PRIVATE) { amount: Int }';
    expect(query('@cacheControl(maxAge: 5)', deep)).toEqual([ofType.replace('contains Me', 'contains Pay')]);
    expect(query('@cacheControl(maxAge: 5)', deep, ['Me.job'])).toEqual([]);
  });

  it('is found in any type that a value can be of, and not where the value is PRIVATE by one of them', () => {
    const within = 'union Me = A | B type A { a: Int } type B { c: C } type C @cacheControl(scope: PRIVATE) { c: Int }';
    expect(query('@cacheControl(maxAge: 5)', within)).toEqual([ofType.replace('contains Me', 'contains C')]);
    const itself = 'union Me = A | B type A { a: Int } type B @cacheControl(scope: PRIVATE) { b: Int }';
    expect(query('@cacheControl(maxAge: 5, scope: PUBLIC)', itself)).toEqual([]);
  });

  it('is told of a field whose type alone makes it PRIVATE', () => {
    const sdl = (more = ''): string => `type Query { me: Me @cacheControl(maxAge: 5) ${more} } type Me @cacheControl(scope: PRIVATE) { a: Int }`;
    expect(auditCache(schemaOf(sdl())).places).toMatchObject([{ name: 'Query.me', scope: 'PRIVATE' }]);
    expect(contradictions(sdl('@cachePolicy(shared: true)'), { partition: 'tenant' })).toEqual([
      'Query.me: what it returns is PRIVATE to one viewer, and it is shared by every tenant; leave out shared: true.',
    ]);
  });
});

describe('what could go stale without anybody having said so', () => {
  const change = (from: string, to: string): string => {
    const changed = SOUND.replace(from, to);
    if (changed === SOUND) throw new Error(`nothing to change: ${from}`);
    return changed;
  };

  it('a cached field that does not say what it is made from, unless it is in no table', () => {
    expect(contradictions(change(' @reads(from: ["jarsOfShelf"])', ''), facts)).toEqual([
      'Query.jars is cached and does not say what it is made from; add @reads(from:) with its loaders, lists or tables, or @cachePolicy(invalidatedBy:) for what is in no table.',
    ]);
    expect(contradictions(change('profile: "list") @reads(from: ["jarsOfShelf"])', 'invalidatedBy: "its lifetime alone")'), facts)).toEqual([]);
    expect(contradictions(change('maxAge: 60) @cachePolicy(profile: "list") @reads(from: ["jarsOfShelf"])', 'maxAge: 0)'), facts)).toEqual([]);
  });

  it('a cached type of which nobody knows the rows', () => {
    expect(contradictions(change('PUBLIC) @reads(from: ["labels"])', 'PUBLIC)'), facts)).toEqual([expect.stringMatching(/^Label is cached and does not say what it is made from; /)]);
  });

  it('a table that no trigger captures', () => {
    const [jarTable, labels] = facts.tables ?? [];
    const tables = [{ ...(jarTable ?? labels), captured: false }, labels] as AuditFacts['tables'];
    expect(contradictions(SOUND, { ...facts, tables })).toEqual([
      'Changes of table jars are captured by no trigger, and Query.jars, Jar, loader jar and 1 more would go stale; capture them, or say with invalidatedBy: who answers for it.',
    ]);
    const said = { ...facts, tables, definitions: [jars, jarById].map((one) => ({ ...one, invalidatedBy: 'nobody: it is filled once' })) };
    const sdl = change('profile: "list"', 'invalidatedBy: "nobody"').replace('type Jar @cacheControl(maxAge: 60)', 'type Jar @cacheControl(maxAge: 60) @cachePolicy(invalidatedBy: "nobody")');
    expect(contradictions(sdl, said)).toEqual([]);
    expect(auditCache(schemaOf(sdl), said).places[0]?.invalidatedBy).toEqual(['fill', 'nobody']);
  });

  it('a table that nobody writes', () => {
    expect(contradictions(SOUND, { ...facts, writers: [] })).toEqual([
      'No mutation says that it writes table labels, which is in Label; add @invalidates(tables: ["labels"]) to those that do, or name who else writes it.',
    ]);
  });

  it('names of what there is not', () => {
    expect(contradictions(change('["jarsOfShelf"]', '["jarOfShelf"]'), facts)).toEqual(['Query.jars: there is no loader, list or table jarOfShelf; write jarsOfShelf.']);
    expect(contradictions(change('tables: ["jars"]', 'tables: ["jars", "jrs", "cellars"]'), facts)).toEqual([
      'Mutation.fill: there is no table jrs; write jars.',
      'Mutation.fill: there is no table cellars; take the name out.',
    ]);
    expect(contradictions(SOUND, { ...facts, definitions: [jars, { ...jarById, reads: [read('jarz')] }] })).toEqual(['loader jar: there is no table jarz; write jars.']);
  });

  it('a mutation that does not say what it writes, and who says so and is none', () => {
    expect(contradictions(change(' @invalidates(tables: ["jars"])', '').replace('label: Label', 'label: Label @invalidates(tables: ["jars"])'), { ...facts, writers: [{ name: 'job', tables: ['jars', 'labels'] }] })).toEqual([
      'Mutation.fill does not say which tables it may write; add @invalidates(tables: […]), empty for none.',
      'Jar.label says that it writes tables, and is no mutation; put @invalidates where they are written.',
    ]);
  });

  it('a shared field that is made from rows of each', () => {
    expect(contradictions(change('profile: "list"', 'profile: "list", shared: true'), facts)).toEqual([
      'Query.jars is shared by every tenant, and made from table jars, of which each has rows of its own; leave out shared: true.',
    ]);
  });
});

describe('lists and loaders', () => {
  const of = (definition: DefinitionFacts): readonly string[] => contradictions(SOUND, { ...facts, definitions: [jars, jarById, definition] });

  it('F6 that any change of a table makes invalid say so, or say by which columns they choose', () => {
    const whole = { ...jars, name: 'allJars', reads: [read('jars', { by: 'table', columns: [] })] };
    expect(of(whole)).toEqual(['list allJars reads table jars without a filter, and any change of it makes it invalid; declare its conditions as filter, or say wholeTable: true.']);
    expect(of({ ...whole, reads: [read('jars', { by: 'table', columns: [], wholeTable: true })] })).toEqual([]);
    expect(of({ ...jars, name: 'both', reads: [read('jars', { wholeTable: true })] })).toEqual(['list both reads table jars by columns, and says wholeTable: true; leave one of the two out.']);
  });

  it('P5 have names of their own', () => {
    expect(of({ ...jarById, name: 'jarsOfShelf' })).toEqual(['Two loaders or lists are named jarsOfShelf, and could answer for each other; rename one.']);
  });
});

describe('what is never stored although a root field has a hint', () => {
  const notes = (sdl: string, told: Partial<AuditFacts> = {}): readonly string[] => auditCache(schemaOf(sdl), told).notes;
  const page = 'type Query { jars: Page @cacheControl(maxAge: 5) more: Page @cacheControl(maxAge: 5) rest: Page } type Page { rows: [Row] } type Row';

  it('is an object of a type without a hint', () => {
    expect(notes(`${page} { a: Int }`)).toEqual([
      'Query.jars, Query.more: never stored where Page.rows is selected, because Row has no hint; give it one, or @cacheControl(inheritMaxAge: true) if it is part of what contains it.',
    ]);
  });

  it('is not one that has a hint, inherits, or lives by a default; an interface needs a hint of its own', () => {
    expect(notes(`${page} @cacheControl(maxAge: 1) { a: Int }`)).toEqual([]);
    expect(notes(`${page} @cacheControl(inheritMaxAge: true) { a: Int }`)).toEqual([]);
    const abstract = (hint: string): readonly string[] => notes(`type Query { a: T @cacheControl(maxAge: 5) } type T { i: I } interface I ${hint} { n: Int } type A implements I @cacheControl(maxAge: 1) { n: Int }`);
    expect(abstract('@cacheControl(maxAge: 1)')).toEqual([]);
    expect(abstract('')).toEqual(['Query.a: never stored where T.i is selected, because I has no hint; give it one, or @cacheControl(inheritMaxAge: true) if it is part of what contains it.']);
    expect(notes(`${page} { a: Int }`, { defaultMaxAge: 1_000 })).toEqual([]);
  });

  it('is no contradiction', () => {
    expect(contradictions(`${page} { a: Int }`)).toEqual([]);
  });
});
