import { graphql, buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitAttempts } from './limit-attempts.js';

interface Context {
  readonly client: string;
}

function guarded(redis: object | null): GraphQLSchema {
  const schema = buildSchema('type Query { a: Int } type Mutation { signIn(email: String!, password: String!): Boolean }');
  const field = schema.getMutationType()?.getFields()['signIn'];
  if (field === undefined) throw new Error('no field');
  field.resolve = (_, { password }: { password: string }) => {
    if (password !== 'right') throw new GraphQLError('wrong', { extensions: { code: 'CREDENTIALS_INVALID' } });
    return true;
  };
  limitAttempts<Context>(schema, {
    attempts: 2,
    window: 60_000,
    redis,
    prefix: 'test',
    deadline: 20,
    guarded: { signIn: ({ email }) => String(email) },
    clientOf: ({ client }) => client,
  });
  return schema;
}

async function signIn(schema: GraphQLSchema, email: string, password = 'wrong'): Promise<unknown> {
  const source = `mutation { signIn(email: "${email}", password: "${password}") }`;
  const { errors } = await graphql({ schema, source, contextValue: { client: '192.0.2.1' } });
  return errors?.[0]?.extensions['code'] ?? 'done';
}

describe('attempts at a password', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it.each([
    ['in memory', null],
    ['without Redis, while it is away', { isReady: false }],
    ['without Redis, while it hangs', { isReady: true, eval: never, del: never, multi: never }],
    ['without Redis, while it refuses', { isReady: true, eval: () => Promise.reject(new Error('OOM')), del: () => Promise.reject(new Error('OOM')) }],
  ])('are counted %s', async (_, redis) => {
    const schema = guarded(redis);
    expect(await signIn(schema, 'a')).toBe('CREDENTIALS_INVALID');
    expect(await signIn(schema, 'a')).toBe('CREDENTIALS_INVALID');
    expect(await signIn(schema, 'a', 'right')).toBe('SIGN_IN_LIMITED');
    expect(await signIn(schema, 'b', 'right')).toBe('done');
  });

  it('a mutation that is not there cannot be guarded', () => {
    expect(() => {
      limitAttempts(buildSchema('type Query { a: Int }'), { attempts: 1, window: 1, redis: null, prefix: '', deadline: 1, guarded: { signIn: () => '' }, clientOf: () => '' });
    }).toThrow('signIn');
  });
});
