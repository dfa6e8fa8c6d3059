import { afterEach, describe, expect, it } from 'vitest';
import { LiftedSchema } from '../../../test/support/lifted-schema.js';

let server: LiftedSchema | null = null;
let calls = 0;
afterEach(async () => {
  await server?.close();
  server = null;
});

const typeDefs = `
  scalar JSON
  input Sorting { by: JSON, page: Page } input Page { first: Int, after: Int }
  type Query {
    sorted(by: JSON, in: Sorting): String @cacheControl(maxAge: 60)
    box(data: JSON): Box @cacheControl(maxAge: 60)
    other(data: JSON): Box @cacheControl(maxAge: 60)
  }
  type Box @cacheControl(inheritMaxAge: true) { sorted(by: JSON): String @cacheControl(maxAge: 60) text: String @cacheControl(maxAge: 60) }`;

async function start(): Promise<LiftedSchema> {
  calls = 0;
  const sorted = (_: never, args: unknown): string => `${++calls} ${JSON.stringify(args)}`;
  const box = (_: never, { data }: { data?: unknown }): unknown => ({ data });
  const text = ({ data }: { data: unknown }): string => JSON.stringify(data);
  return (server = await LiftedSchema.start({ typeDefs, resolvers: { Query: { sorted, box, other: box }, Box: { sorted, text } }, options: { fields: true } }));
}

const ORDERS = ['{"name":1,"date":-1}', '{"date":-1,"name":1}', '[{"a":{"x":1,"y":2}}]', '[{"a":{"y":2,"x":1}}]'];

describe('P5: the order of members of a scalar', () => {
  it('is part of the question, sent as a variable, in an input object, or below the root', async () => {
    const lifted = await start();
    for (let time = 0; time < 2; time++) {
      for (const [at, text] of ORDERS.entries()) {
        const by = JSON.parse(text) as unknown;
        const ask = (query: string) => lifted.ask(query, { variables: { by } });
        expect(await ask('query ($by: JSON) { sorted(by: $by) }')).toMatchObject({ data: { sorted: `${3 * at + 1} {"by":${text}}` } });
        expect(await ask('query ($by: JSON) { sorted(in: { by: $by }) }')).toMatchObject({ data: { sorted: `${3 * at + 2} {"in":{"by":${text}}}` } });
        expect(await ask('query ($by: JSON) { box { sorted(by: $by) } }')).toMatchObject({ data: { box: { sorted: `${3 * at + 3} {"by":${text}}` } } });
      }
    }
    expect(calls).toBe(3 * ORDERS.length);
  });

  it('is part of it in a literal, too, which is the same question as the variable', async () => {
    const lifted = await start();
    expect(await lifted.ask('{ sorted(by: { name: 1, date: 2 }) }')).toMatchObject({ data: { sorted: '1 {"by":{"name":1,"date":2}}' } });
    expect(await lifted.ask('{ sorted(by: { date: 2, name: 1 }) }')).toMatchObject({ data: { sorted: '2 {"by":{"date":2,"name":1}}' } });
    expect(await lifted.ask('query ($by: JSON) { sorted(by: $by) }', { variables: { by: { name: 1, date: 2 } } })).toMatchObject({ data: { sorted: '1 {"by":{"name":1,"date":2}}' } });
  });

  it('is kept by the field cache, in arguments and in what a field is a part of', async () => {
    const lifted = await start();
    for (const [at, text] of ORDERS.entries()) {
      const variables = { by: JSON.parse(text) as unknown };
      const inBox = await lifted.ask('query ($by: JSON) { box { sorted(by: $by) } }', { variables });
      expect(inBox).toMatchObject({ data: { box: { sorted: `${at + 1} {"by":${text}}` } } });
      expect(await lifted.ask('query ($by: JSON) { other { sorted(by: $by) } }', { variables })).toMatchObject({ data: { other: { sorted: `${at + 1} {"by":${text}}` } } });
      expect(await lifted.ask('query ($by: JSON) { other(data: $by) { text } }', { variables })).toMatchObject({ data: { other: { text } } });
    }
  });

  it('that the schema describes means nothing: those of input objects share an entry', async () => {
    const lifted = await start();
    await lifted.ask('{ sorted(in: { page: { first: 1, after: 2 }, by: 1 }) }');
    const { data, status } = await lifted.ask('query ($in: Sorting) { sorted(in: $in) }', { variables: { in: { by: 1, page: { after: 2, first: 1 } } } });
    expect({ data, hit: status?.includes('hit') }).toEqual({ data: { sorted: '1 {"in":{"by":1,"page":{"first":1,"after":2}}}' }, hit: true });
  });
});
