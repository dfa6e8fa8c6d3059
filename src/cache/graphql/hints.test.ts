import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { cacheDirectivesSDL } from './directives.js';
import { hintOfField } from './hints.js';

const schema = buildSchema(`${cacheDirectivesSDL}
  type Open { n: Int }
  type Secret @cacheControl(maxAge: 10, scope: PRIVATE) { n: Int }
  union Either = Open | Secret
  type Query {
    open: Open @cacheControl(maxAge: 100)
    secret: Secret @cacheControl(maxAge: 100)
    said: Secret @cacheControl(maxAge: 100, scope: PUBLIC)
    either: [Either] @cacheControl(maxAge: 100, scope: PUBLIC)
  }`);
const scopeOf = (name: string): unknown => {
  const query = schema.getQueryType();
  const field = query?.getFields()[name];
  return query && field && hintOfField(schema, query, field)?.policy.scope;
};

describe('the hint of a field', () => {
  it('P1 keeps the scope of its type, unless it says another', () => {
    expect([scopeOf('open'), scopeOf('secret'), scopeOf('said')]).toEqual(['PUBLIC', 'PRIVATE', 'PUBLIC']);
  });

  it('P1 is PRIVATE when one of the types that it can answer is, whatever it says', () => {
    expect(scopeOf('either')).toBe('PRIVATE');
  });
});
