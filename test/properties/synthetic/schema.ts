import { buildSchema, GraphQLError, Kind, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { cacheDirectivesSDL } from '../../../src/cache/graphql/index.js';
import type { Scalars } from '../documents/values.js';

/**
 * A schema of everything that there is in GraphQL and in the hints: interfaces of interfaces, unions, lists of lists, every
 * place for null, arguments of every kind; hints on fields, on types, on neither; maxAge 0, PRIVATE, shared, inherited.
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
}
type Crate implements Box & Thing & Named @cacheControl(maxAge: 60) {
  id: ID!  name(style: Color = RED): String  title: String!  maybe: Int  sibling(n: Int = 0): Thing  content(first: Int = 2): [Thing]
  grid: [[Int!]]!
  holds(color: Color!): Boolean
  nested: [[Part]!]
}
type Chest implements Box & Thing & Named @cacheControl(maxAge: 200) {
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
}
`;

/** Fields whose answers are never stored: their maxAge is 0, or neither they nor their types have one, whatever members of these have. */
export const NEVER_STORED: ReadonlySet<string> = new Set(['unhinted', 'box', 'open', 'live', 'liveThing', 'unhintedNumber'].map((name) => `Query.${name}`));

/** Values for the scalars above. Those of `Opaque` become instances of a class, which no key can be made of. */
export const SYNTHETIC_SCALARS: Scalars = {
  Any: ['1', 1, 'true', true, false, 0, '', [], ['1'], [1], [[1]], { a: '1', b: '2' }, { a: '1b:2' }, { a: 1 }, { a: [1, { b: null }] }, 1.5, -1, 'RED'],
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
