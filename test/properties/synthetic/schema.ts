import { buildSchema, GraphQLError, Kind, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { cacheDirectivesSDL } from '../../../src/cache/graphql/index.js';
import type { Scalars } from '../documents/values.js';

/**
 * A schema of everything that there is in GraphQL and in the hints: interfaces of interfaces, unions, lists of lists, every
 * place for null, arguments of every kind; hints on fields, on types, on neither, and on fields of interfaces alone; maxAge 0, PRIVATE,
 * shared, inherited; abstract types without a hint whose members all have one.
 */
export const SYNTHETIC_SDL = `
${cacheDirectivesSDL}
directive @needs(permission: String!) on FIELD_DEFINITION

scalar Any
scalar Day
scalar Opaque
enum Color { RED GREEN BLUE }
enum Single { ONLY }

input Inner { n: Int! = 3, s: String, list: [[Int!]] = [[1, 2], null], color: Color! }
input Outer { id: ID!, inner: Inner, inners: [Inner!], any: Any, flag: Boolean = false, day: Day }

interface Thing @cacheControl(maxAge: 100) { id: ID!  name(style: Color = RED): String  maybe: Int  sibling(n: Int = 0): Thing }
interface Named { name(style: Color = RED): String  title: String! }
interface Hinted { ownName: String @cacheControl(scope: PRIVATE)  ticks: Int @cacheControl(maxAge: 0)  guarded: String @needs(permission: "write")  soon(any: Any): Any @cacheControl(maxAge: 5) }
interface Box implements Thing & Named { id: ID!  name(style: Color = RED): String  title: String!  maybe: Int  sibling(n: Int = 0): Thing  content(first: Int = 2): [Thing] }

type Plain implements Thing & Named @cacheControl(maxAge: 100) {
  id: ID!  name(style: Color = RED): String  title: String!  maybe: Int  sibling(n: Int = 0): Thing
  text(of: String = "a", or: String): String!
  any(value: Any): Any
  color: Color
  sure: Int!
  part: Part
  sureParts: [Part!]!
  failing: String!
  mood: String
  storedPart(n: Int = 0): Part @cacheControl(maxAge: 30)
  price: Int
  bare: Bare
  asked: Any
}
type Crate implements Box & Thing & Named & Hinted @cacheControl(maxAge: 60) {
  ownName: String  ticks: Int @cacheControl(maxAge: 100)  guarded: String @needs(permission: "read")  soon(any: Any): Any
  id: ID!  name(style: Color = RED): String  title: String!  maybe: Int  sibling(n: Int = 0): Thing  content(first: Int = 2): [Thing]
  grid: [[Int!]]!
  holds(color: Color!): Boolean
  nested: [[Part]!]
}
type Chest implements Box & Thing & Named & Hinted @cacheControl(maxAge: 200) {
  ownName: String @cacheControl(maxAge: 50, scope: PUBLIC)  ticks: Int  guarded: String @needs(permission: "read")  soon(any: Any): Any @cacheControl(maxAge: 50)
  id: ID!  name(style: Color = RED): String  title: String!  maybe: Int  sibling(n: Int = 0): Thing  content(first: Int = 2): [Thing]
  lock: Secret
  note: String @cacheControl(maxAge: 30, scope: PRIVATE)
  day(after: Day): Day
}
type Part @cacheControl(inheritMaxAge: true) { n: Int  label: String!  of: Thing  parts(first: Int = 1): [Part] }
type Unhinted { n: Int  text: String!  thing: Thing  again: Unhinted @cacheControl(maxAge: 50) }
type Secret @cacheControl(maxAge: 100, scope: PRIVATE) { word: String!  owner: String  thing: Thing }
type Live @cacheControl(maxAge: 0) { now: Int!  thing: Thing }
type Global @cacheControl(maxAge: 500) @cachePolicy(shared: true) { id: ID!  label: String  parts: [Part]  tenantThing: Thing }

union Either = Plain | Crate | Secret
union Open = Plain | Chest | Part
"No hint, though all that it can be has one."
union Bare = Plain | Crate

type Query {
  thing(id: ID!): Thing
  sureThing(id: ID! = "1"): Thing!
  things(first: Int! = 2, ids: [ID!], color: [Color!] = [RED]): [Thing!] @cacheControl(maxAge: 100)
  plain(id: ID = "7"): Plain @cacheControl(maxAge: 100)
  otherPlain(id: ID = "7"): Plain @cacheControl(maxAge: 100)
  surePlain: Plain! @cacheControl(maxAge: 100)
  crate(in: Outer): Crate
  sureCrate(in: Outer! = { id: "1" }, more: [Outer]): Crate!
  chest(one: Single, day: Day): Chest @cacheControl(maxAge: 100)
  box: Box
  named: Named @cacheControl(maxAge: 100)
  either(n: Int, a: String, b: String): Either @cacheControl(maxAge: 100)
  eithers: [Either] @cacheControl(maxAge: 100)
  open: Open
  openList: [[Open]!]! @cacheControl(maxAge: 100)
  bare: Bare
  hintedBare: [Bare] @cacheControl(maxAge: 100)
  hinted: Hinted @cacheControl(maxAge: 100)
  part: Part @cacheControl(maxAge: 100)
  unhinted: Unhinted
  hintedUnhinted: Unhinted @cacheControl(maxAge: 100)
  secret: Secret
  hintedSecret: Secret @cacheControl(maxAge: 100)
  mine: Plain @cacheControl(maxAge: 100, scope: PRIVATE)
  live: Live
  liveThing: Thing @cacheControl(maxAge: 0)
  allowed: Plain @cacheControl(maxAge: 100) @needs(permission: "read")
  global(id: ID! = "1"): Global @cachePolicy(shared: true)
  number(n: Int = 1, f: Float, flag: Boolean = true): Int @cacheControl(maxAge: 100)
  sureNumber(n: Int): Int! @cacheControl(maxAge: 100)
  unhintedNumber: Int
  numbers(of: [Int!]! = [1, 2], matrix: [[Int]]): [Int] @cacheControl(maxAge: 100)
  text(any: Any, color: Color = GREEN, s: String): String @cacheControl(maxAge: 100)
  opaque(of: Opaque): String @cacheControl(maxAge: 100)
  greeting(name: String): String! @cacheControl(maxAge: 100)
  asked(n: Int): Any @cacheControl(maxAge: 100)
}
`;

/**
 * Fields whose answers are never stored: their maxAge is 0, there or in an interface, or neither they nor their types have one,
 * whatever members of these have.
 */
export const NEVER_STORED: ReadonlySet<string> = new Set([
  ...['unhinted', 'box', 'bare', 'open', 'live', 'liveThing', 'unhintedNumber'].map((name) => `Query.${name}`),
  ...['Hinted', 'Crate', 'Chest'].map((name) => `${name}.ticks`),
  'Plain.bare',
]);

/** Fields whose resolvers read the operation beyond their arguments: what is stored of them depends on what ran before. */
export const READS_OPERATION: ReadonlySet<string> = new Set(['Query.asked', 'Plain.asked']);

/** Values for the scalars above. Those of `Opaque` become instances of a class, which no key can be made of. */
export const SYNTHETIC_SCALARS: Scalars = {
  Any: ['1', 1, 'true', true, false, 0, '', [], ['1'], [1], [[1]], { a: '1', b: '2' }, { a: '1b:2' }, { a: 1 }, { a: [1, { b: null }] }, 1.5, -1, 'RED', { b: '2', a: '1' }, [{ y: 1, x: [{ b: 1, a: 2 }] }], [{ x: [{ b: 1, a: 2 }], y: 1 }], [{ y: 1, x: [{ a: 2, b: 1 }] }]],
  Day: ['2020-01-01', '2020-01-02', '1999-12-31'],
  Opaque: ['a', 'b'],
};

export class Opaque {
  constructor(readonly text: string) {}
}

type Parsing = Pick<GraphQLScalarType, 'serialize' | 'parseValue' | 'parseLiteral'>;

/** Those of `Any` are as they come. */
const PARSING: Readonly<Record<string, Partial<Parsing>>> = {
  Day: {
    serialize: (value) => {
      if (value instanceof Date) return value.toISOString().slice(0, 10);
      throw new GraphQLError('this is no day');
    },
    parseValue: dayOf,
    parseLiteral: (node) => dayOf(node.kind === Kind.STRING ? node.value : undefined),
  },
  Opaque: {
    parseValue: (value) => new Opaque(String(value)),
    parseLiteral: (node) => new Opaque(node.kind === Kind.STRING ? node.value : ''),
  },
};

function dayOf(text: unknown): Date {
  if (typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text)) return new Date(`${text}T00:00:00Z`);
  throw new GraphQLError('a day looks like 2020-01-01');
}

/** The schema, without resolvers. */
export function syntheticSchema(): GraphQLSchema {
  const schema = buildSchema(SYNTHETIC_SDL);
  for (const [name, parsing] of Object.entries(PARSING)) Object.assign(schema.getType(name) as GraphQLScalarType, parsing);
  return schema;
}
