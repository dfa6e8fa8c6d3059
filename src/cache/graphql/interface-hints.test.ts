import { buildSchema, isObjectType } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { LiftedSchema, type Viewer } from '../../../test/support/lifted-schema.js';
import { auditCache } from './audit.js';
import { cacheDirectivesSDL, directiveArguments } from './directives.js';
import { hintOfField } from './hints.js';
import { SchemaPolicies } from './selected-policy.js';

let server: LiftedSchema | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const schemaOf = (interfaceHint: string, objectHint = '') => `
  directive @needs(permission: String!) on FIELD_DEFINITION
  interface HasSecret { secret: String ${interfaceHint} }
  type Doc implements HasSecret @cacheControl(maxAge: 60) { secret: String ${objectHint} }
  type Query { has: HasSecret @cacheControl(maxAge: 60) doc: Doc @cacheControl(maxAge: 60) }`;

/** Whether the second of two viewers is answered from the cache, and what. */
async function second(typeDefs: string, query: string, options: Parameters<typeof LiftedSchema.start>[0]['options'] = {}) {
  let asked = 0;
  const secret = (_: never, __: never, { user }: Viewer): string => `${user ?? 'nobody'} ${++asked}`;
  const found = (): unknown => ({ __typename: 'Doc' });
  const lifted = (server = await LiftedSchema.start({ typeDefs, resolvers: { Query: { has: found, doc: found }, Doc: { secret } }, options }));
  await lifted.ask(query, { user: 'alice' });
  const { data, status } = await lifted.ask(query, { user: 'bob' });
  return { data, isHit: status?.includes('hit') === true };
}

describe('a hint on a field of an interface', () => {
  it.each([['{ has { secret } }', 'has'], ['{ doc { secret } }', 'doc'], ['{ has { ... on Doc { secret } } }', 'has']])('P1 keeps one viewer’s value from another: %s', async (query, root) => {
    expect(await second(schemaOf('@cacheControl(scope: PRIVATE)'), query)).toEqual({ data: { [root]: { secret: 'bob 2' } }, isHit: false });
  });

  it('is stricter than what the implementing field says', async () => {
    expect(await second(schemaOf('@cacheControl(scope: PRIVATE)', '@cacheControl(maxAge: 60, scope: PUBLIC)'), '{ doc { secret } }')).toMatchObject({ isHit: false });
    expect(await second(schemaOf('@cacheControl(maxAge: 0)', '@cacheControl(maxAge: 60)'), '{ doc { secret } }')).toMatchObject({ data: { doc: { secret: 'bob 2' } }, isHit: false });
    expect(await second(schemaOf('@cacheControl(maxAge: 60, scope: PUBLIC)', '@cacheControl(scope: PRIVATE)'), '{ has { secret } }')).toMatchObject({ isHit: false });
  });

  it('P2 asks for permissions on the interface as on the field', async () => {
    const options: Parameters<typeof second>[2] = {
      permissionOf: ({ astNode }) => (directiveArguments(astNode, 'needs')?.['permission'] as string | undefined) ?? null,
      holds: ({ user }) => user === 'alice',
    };
    expect(await second(schemaOf('@needs(permission: "read")'), '{ doc { secret } }', options)).toMatchObject({ data: { doc: { secret: 'bob 2' } }, isHit: false });
  });

  it.each([[' @cacheControl(scope: PRIVATE)'], ['']])('P1 keeps what the field cache has of one viewer from another, in a value that is stored by itself (%s)', async (ofField) => {
    const typeDefs = `
      interface Owned { note: Note ${ofField} } interface Note ${ofField === '' ? '@cacheControl(scope: PRIVATE)' : ''} { text: String }
      type Doc implements Owned @cacheControl(maxAge: 60) { note: Plain @cacheControl(maxAge: 60) } type Plain implements Note { text: String }
      type Query { doc: Doc @cacheControl(maxAge: 60) other: Doc @cacheControl(maxAge: 30) }`;
    const resolvers = { Query: { doc: () => ({}), other: () => ({}) }, Doc: { note: (_: never, __: never, { user }: Viewer) => ({ text: user }) } };
    server = await LiftedSchema.start({ typeDefs, resolvers, options: { fields: true } });
    await server.ask('{ doc { note { text } } }', { user: 'alice' });
    expect(await server.ask('{ other { note { text } } }', { user: 'bob' })).toMatchObject({ data: { other: { note: { text: 'bob' } } } });
  });

  it('counts with all that it says, and loosens nothing', () => {
    const policy = (interfaceHint: string, objectHint: string) => {
      const schema = buildSchema(`${cacheDirectivesSDL} interface I { f: String ${interfaceHint} } type O implements I { f: String ${objectHint} } type Query { o: O }`);
      const type = schema.getType('O');
      if (!isObjectType(type)) throw new Error('O is an object');
      const field = type.getFields()['f'] as NonNullable<ReturnType<typeof type.getFields>[string]>;
      return { selected: new SchemaPolicies(schema, { defaultMaxAge: 0, permissionOf: () => null }).of(type, field), stored: hintOfField(schema, type, field) };
    };
    const long = '@cacheControl(maxAge: 60) @cachePolicy(staleWhileRevalidate: 20, shared: true, profile: "long")';
    const short = '@cacheControl(maxAge: 5, scope: PRIVATE) @cachePolicy(staleWhileRevalidate: 2, timeDependent: true, profile: "short")';
    const strict = { maxAge: 5_000, staleWhileRevalidate: 2_000, scope: 'PRIVATE' };
    for (const [interfaceHint, objectHint] of [[short, long], [long, short]] as const) {
      const { selected, stored } = policy(interfaceHint, objectHint);
      expect(selected).toMatchObject({ ...strict, timeDependent: true, fields: new Set(['O.f', 'I.f']), profiles: new Set(['short', 'long']) });
      expect(stored).toMatchObject({ policy: strict, shared: false });
    }
    expect(policy(short, '').stored).toBeNull();
    expect(policy(short, '').selected).toMatchObject({ ...strict, limitedBy: 'I.f', fields: new Set(['O.f', 'I.f']) });
    expect(policy('', short).selected).toMatchObject({ ...strict, limitedBy: 'O.f', fields: new Set(['O.f']) });
    expect(policy('@cacheControl(inheritMaxAge: true)', short).selected).toMatchObject(strict);
  });

  it('is known to the audit', () => {
    const audit = (sdl: string) => auditCache(buildSchema(cacheDirectivesSDL + sdl), { partition: 'tenant' });
    const secret = (hint: string): string => `interface HasSecret { secret: String ${hint} } type Doc implements HasSecret { secret: String @cacheControl(maxAge: 60) @cachePolicy(shared: true) }`;
    expect(audit(`type Query { doc: Doc @cacheControl(maxAge: 5) } ${secret('@cacheControl(maxAge: 1, scope: PRIVATE)')}`)).toMatchObject({
      places: [{ name: 'Doc.secret', maxAge: 1_000, scope: 'PRIVATE', shared: false }, { name: 'Query.doc', scope: 'PUBLIC' }],
      contradictions: [
        'Doc.secret: HasSecret.secret is PRIVATE to one viewer, and it is shared by every tenant; leave out shared: true.',
        'Query.doc is stored with its plain fields as PUBLIC, and Doc.secret among them is hinted PRIVATE; give Doc.secret a resolver of its own, or make Query.doc PRIVATE.',
      ],
    });
    const reads = 'interface I { a: Int @reads(from: ["jars"]) @cachePolicy(invalidatedBy: "the import") } type O implements I { a: Int }';
    expect(audit(`type Query { o: O } ${reads}`).places).toMatchObject([{ name: 'O.a', tables: ['jars'], invalidatedBy: ['the import'] }]);
  });

  it('is noted where the field of an object says less', () => {
    const notes = (ofInterface: string, ofObject: string): readonly string[] => {
      const { notes: found, contradictions } = auditCache(buildSchema(`${cacheDirectivesSDL} type Query { o: O } interface I { a: Int ${ofInterface} } interface J implements I { a: Int } type O implements J & I { a: Int ${ofObject} }`));
      expect(contradictions).toEqual([]);
      return found;
    };
    const loose = '@cacheControl(maxAge: 60, scope: PUBLIC)';
    expect(notes('@cacheControl(maxAge: 1, scope: PRIVATE)', loose)).toEqual(['O.a says maxAge 60 and PUBLIC, and I.a says maxAge 1 and PRIVATE, which counts; say the same in both.']);
    expect(notes('@cacheControl(maxAge: 0)', loose)).toEqual(['O.a says maxAge 60, and I.a says maxAge 0, which counts; say the same in both.']);
    expect(notes(loose, '@cacheControl(maxAge: 1, scope: PRIVATE)')).toEqual([]);
    expect(notes(loose, loose)).toEqual([]);
    expect(notes('@cacheControl(maxAge: 1, scope: PRIVATE)', '')).toEqual([]);
  });

  it('is usable where an object that implements the interface is, and a hint on such an interface is not', () => {
    const contradictions = (sdl: string) => auditCache(buildSchema(cacheDirectivesSDL + sdl)).contradictions;
    const object = 'type Query { o: O } type O implements I { a: Int }';
    expect(contradictions(`${object} interface I { a: Int @cacheControl(maxAge: 5) }`)).toEqual([]);
    expect(contradictions(`${object} interface I @cacheControl(maxAge: 5) { a: Int }`)).toEqual(['I has a cache hint, and no query returns it; put the hint on the types that implement it.']);
  });
});

describe('a hint on a type', () => {
  it('P1 is found in an extension, whatever else stands on the type', () => {
    const schema = buildSchema(`${cacheDirectivesSDL} type Query { a: A } type A @cachePolicy(profile: "list") { b: Int } extend type A @cacheControl(maxAge: 5, scope: PRIVATE)`);
    const query = schema.getQueryType();
    if (!query) throw new Error('the schema answers no queries');
    expect(new SchemaPolicies(schema, { defaultMaxAge: 0, permissionOf: () => null }).of(query, query.getFields()['a'] as never)).toMatchObject({ maxAge: 5_000, scope: 'PRIVATE', profiles: new Set(['list']) });
  });
});
