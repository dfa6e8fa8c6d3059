import { expect, it } from 'vitest';
import { parseOperation } from './operations.js';

it('an operation is read with what it is sent with', () => {
  const text =
    '# The whole shelf\n# variables: {"first": 2}\n# headers: {"X-Tenant": "downtown"}\nquery Shelf($first: Int) { a(first: $first) }\n';
  expect(parseOperation('shelf', text)).toEqual({
    name: 'shelf',
    query: '# The whole shelf\nquery Shelf($first: Int) { a(first: $first) }\n',
    variables: { first: 2 },
    headers: { 'X-Tenant': 'downtown' },
  });
  expect(parseOperation('plain', '{ a }')).toEqual({ name: 'plain', query: '{ a }\n', variables: null, headers: null });
});

it('a comment that is not JSON is refused by name', () => {
  expect(() => parseOperation('shelf', '# variables: {first: 2}\n{ a }')).toThrow(
    'shelf.graphql: the comment "variables" is not JSON',
  );
});
