import { buildSchema, graphql, type GraphQLScalarType } from 'graphql';
import { expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Cache, MemoryLedger, openStores, partition, Reader } from '../index.js';
import { cacheDirectivesSDL } from './directives.js';
import { cacheFields } from './field-cache.js';

class Money {
  constructor(readonly cents: number) {}
}

it('P5 what is asked with arguments that no key can hold is answered without the cache', async () => {
  const schema = buildSchema(`${cacheDirectivesSDL} scalar Money type Query { spend(of: Money): Int @cacheControl(maxAge: 100) }`);
  Object.assign(schema.getType('Money') as GraphQLScalarType, { parseValue: (value: unknown) => new Money(Number(value)) });
  const spend = schema.getQueryType()?.getFields()['spend'];
  if (spend === undefined) throw new Error('there is no such field');
  let calls = 0;
  spend.resolve = (_, { of }: { of?: Money }) => (calls++, of?.cents ?? 0);

  const clock = { now: () => 1 };
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'p', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger: new MemoryLedger({ clock }), prefix: 'p', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
  const reader = new Reader<null>({ cache, request: cache.begin(), partition: partition('a'), sources: () => null });
  cacheFields<null, null>(schema, { readerOf: () => reader, contextWithin: () => null, varyBy: () => ({}), viewerOf: () => null, version: '1' });

  const ask = async (of: number | null): Promise<unknown> => {
    const answer = await graphql({ schema, source: 'query ($of: Money) { spend(of: $of) }', variableValues: { of }, contextValue: null });
    await cache.drain();
    return { ...answer.data, errors: answer.errors };
  };
  for (const of of [5, 6, 5]) expect(await ask(of)).toEqual({ spend: of });
  expect(calls).toBe(3);
  for (let time = 0; time < 2; time++) expect(await ask(null)).toEqual({ spend: 0 });
  expect(calls).toBe(4);
});
