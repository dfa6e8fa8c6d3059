import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { cacheDirectivesSDL } from './directives.js';
import { hintOfField } from './hints.js';

const schema = buildSchema(`${cacheDirectivesSDL}
  type Open { n: Int }
  type Secret @cacheControl(maxAge: 10, scope: PRIVATE) { n: Int }
  union Either = Open | Secret
  type Live @cacheControl(maxAge: 0) { n: Int }
  union Never = Open | Live
  type Query {
    open: Open @cacheControl(maxAge: 100)
    secret: Secret @cacheControl(maxAge: 100)
    said: Secret @cacheControl(maxAge: 100, scope: PUBLIC)
    either: [Either] @cacheControl(maxAge: 100, scope: PUBLIC) @cachePolicy(staleWhileRevalidate: 50)
    never: Never @cacheControl(maxAge: 100)
  }`);
const policyOf = (name: string) => {
  const query = schema.getQueryType();
  const field = query?.getFields()[name];
  return query && field ? hintOfField(schema, query, field)?.policy : undefined;
};
const scopeOf = (name: string): unknown => policyOf(name)?.scope;

describe('the hint of a field', () => {
  it('P1 keeps the scope of its type, unless it says another', () => {
    expect([scopeOf('open'), scopeOf('secret'), scopeOf('said')]).toEqual(['PUBLIC', 'PRIVATE', 'PUBLIC']);
  });

  it('P1 is PRIVATE when one of the types that it can answer is, whatever it says', () => {
    expect(scopeOf('either')).toBe('PRIVATE');
  });

  it('is no longer than that of any type that it can answer', () => {
    expect([policyOf('either'), policyOf('never')]).toMatchObject([{ maxAge: 10_000, staleWhileRevalidate: 0 }, { maxAge: 0 }]);
  });
});
