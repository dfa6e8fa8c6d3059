import { buildSchema, graphql, type GraphQLObjectType, type GraphQLScalarType } from 'graphql';
import { expect, it } from 'vitest';
import { withoutMechanism } from '../../../test/support/without.js';
import { silentLogger } from '../../lib/logger.js';
import { Cache, MemoryLedger, openStores, partition, Reader } from '../index.js';
import { cacheDirectivesSDL } from './directives.js';
import { cacheFields } from './field-cache.js';

const OPTIONS = { contextWithin: () => null, varyBy: () => ({}), viewerOf: () => null, version: '1' };

async function setUp() {
  const clock = { now: () => 1 };
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'p', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger: new MemoryLedger({ clock }), prefix: 'p', databaseId: 'd', enabled: true, onBackgroundError: () => undefined, without: withoutMechanism() });
  const reader = new Reader<null>({ cache, request: cache.begin(), partition: partition('a'), sources: () => null });
  return { cache, reader };
}

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

  const { cache, reader } = await setUp();
  cacheFields<null, null>(schema, { ...OPTIONS, readerOf: () => reader });

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

it('P6 what a mutation answers is read after its change, and is stored for nobody', async () => {
  const schema = buildSchema(`${cacheDirectivesSDL} type Shop { sold: Int @cacheControl(maxAge: 100) } type Query { shop: Shop } type Mutation { sell: Shop }`);
  let sold = 0;
  const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType).getFields();
  Object.assign(fieldsOf('Query')['shop'] ?? {}, { resolve: () => ({}) });
  Object.assign(fieldsOf('Mutation')['sell'] ?? {}, { resolve: () => (sold++, {}) });
  Object.assign(fieldsOf('Shop')['sold'] ?? {}, { resolve: () => sold });
  const { cache, reader } = await setUp();
  cacheFields<null, null>(schema, { ...OPTIONS, readerOf: () => reader });

  const ask = async (source: string): Promise<unknown> => {
    const { data } = await graphql({ schema, source, contextValue: null });
    await cache.drain();
    return data;
  };
  expect(await ask('mutation { sell { sold } }')).toEqual({ sell: { sold: 1 } });
  expect(await ask('mutation { sell { sold } }')).toEqual({ sell: { sold: 2 } });
  // Nobody has said what the field depends on: what a query has stored stays, which a mutation must not be told.
  expect([await ask('{ shop { sold } }'), await ask('mutation { sell { sold } }'), await ask('{ shop { sold } }')]).toEqual([
    { shop: { sold: 2 } },
    { sell: { sold: 3 } },
    { shop: { sold: 2 } },
  ]);
});

it('tells what was thrown as if there were no cache, whatever it is', async () => {
  const schema = buildSchema(`${cacheDirectivesSDL} type Query { error: Int @cacheControl(maxAge: 100) text: Int @cacheControl(maxAge: 100) }`);
  const { error, text } = schema.getQueryType()?.getFields() ?? {};
  Object.assign(error ?? {}, { resolve: () => Promise.reject(new Error('failed')) });
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  Object.assign(text ?? {}, { resolve: () => Promise.reject('a text') });
  const ask = async (): Promise<unknown> => (await graphql({ schema, source: '{ error text }', contextValue: null })).errors?.map(({ message }) => message);
  const plain = await ask();
  const { reader } = await setUp();
  cacheFields<null, null>(schema, { ...OPTIONS, readerOf: () => reader });
  expect(await ask()).toEqual(plain);
  expect(plain).toEqual(['failed', 'Unexpected error value: "a text"']);
});
