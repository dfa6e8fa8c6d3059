import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OperationCosts } from './operation-cost.js';

const schema = buildSchema(`
  interface Node { id: ID! }
  type Query { count: Int! shop: Shop! shops: [Shop!]! top(first: Int = 50): [Item!]! items(first: Int = 20, last: Int): ItemConnection! node: Node }
  type Mutation { rename: Shop! }
  type Shop implements Node { id: ID! name: String owner: Shop items(first: Int = 20): ItemConnection! tags: [String!]! }
  type ItemConnection { edges: [Edge!]! nodes: [Item!]! pageInfo: Page! totalCount: Int! }
  type Edge { node: Item! cursor: String! }
  type Page { endCursor: String }
  type Item implements Node { id: ID! shop: Shop! parts: [Item!]! }
`);

function cost(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return new OperationCosts(200).of({ schema, document, operation }, variables);
}

describe('the cost of an operation', () => {
  it.each([
    ['a field without fields of its own, at the root', '{ count }', 1],
    ['an object', '{ shop { id name tags } }', 1],
    ['objects in each other', '{ shop { owner { owner { id } } } }', 3],
    ['a list without a page size', '{ shops { id } }', 100],
    ['a list in such a list', '{ shops { owner { id } items(first: 3) { edges { node { id } } } } }', 100 * (1 + 1 + (1 + 3 * 2))],
    ['a list with one', '{ top(first: 7) { shop { id } } }', 7 * 2],
    ['a list with the one of the schema', '{ top { id } }', 50],
    ['a connection', '{ items(first: 10) { edges { node { id } } totalCount } }', 1 + 10 * 2],
    ['the larger of two', '{ items(first: 1, last: 9) { nodes { id } } }', 1 + 9],
    ['more than any page has', '{ top(first: 2000000000) { id } }', 200],
    ['nothing at all', '{ top(first: 0) { id } }', 1],
    ['a negative page', '{ items(first: -5) { nodes { id } } }', 101],
    ['aliases, each', '{ a: shop { id } b: shop { id } }', 2],
    ['fragments, as what they stand for', '{ shop { ...A } } fragment A on Shop { owner { id } ...B } fragment B on Shop { owner { id } }', 3],
    ['fragments on other types', '{ node { ... on Item { parts { id } } ... on Shop { owner { id } } } }', 1 + 100 + 1],
    ['what the schema says about itself', '{ __schema { types { name } } shop { __typename } }', 1],
    ['a mutation', 'mutation { rename { owner { id } } }', 2],
  ])('%s', (_, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it('takes page sizes from variables, their defaults, and those of the schema', () => {
    const query = 'query ($first: Int = 5) { top(first: $first) { id } }';
    expect(cost(query)).toBe(5);
    expect(cost(query, { first: 8 })).toBe(8);
    expect(cost(query, { first: null })).toBe(50);
    expect(cost(query, { first: 'many' })).toBe(100);
    expect(cost('query ($first: Int) { top(first: $first) { id } }')).toBe(50);
  });

  it('is remembered by the page sizes alone', () => {
    const document = parse('query ($first: Int, $id: ID) { top(first: $first) { id } }');
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('no operation');
    const costs = new OperationCosts(200);
    for (let first = 0; first < 300; first++) {
      expect(costs.of({ schema, document, operation }, { first, id: String(first) })).toBe(Math.max(1, Math.min(first, 200)));
      expect(costs.of({ schema, document, operation }, { first, id: 'other' })).toBe(Math.max(1, Math.min(first, 200)));
    }
  });
});
