import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Context } from './context.js';
import { authorizeFields } from './authorize.js';
import { suffices, type Role } from './roles.js';

const as = (role: Role | null): Context => ({ isSignedIn: role !== null, mayDo: (required: Role) => suffices(role, required) }) as unknown as Context;

describe('P3: @requires on a field of an interface', () => {
  const answered = async (role: Role | null, onObject = ''): Promise<unknown> => {
    const schema = buildSchema(`
      directive @requires(role: String!) on FIELD_DEFINITION
      interface HasPay { pay: Int @requires(role: "TENANT_ADMIN") }
      type Person implements HasPay { pay: Int ${onObject} }
      type Query { person: Person }`);
    authorizeFields(schema);
    const { data, errors = [] } = await graphql({ schema, source: '{ person { pay } }', rootValue: { person: { pay: 7 } }, contextValue: as(role) });
    return errors[0]?.extensions['code'] ?? JSON.parse(JSON.stringify(data));
  };

  it('holds for the objects that implement it', async () => {
    expect(await Promise.all([null, 'STAFF' as const, 'TENANT_ADMIN' as const].map((role) => answered(role)))).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', { person: { pay: 7 } }]);
  });

  it('adds to what the object’s own field requires', async () => {
    expect(await answered('STAFF', '@requires(role: "STAFF")')).toBe('FORBIDDEN');
    expect(await answered('TENANT_ADMIN', '@requires(role: "PLATFORM_ADMIN")')).toBe('FORBIDDEN');
    expect(await answered('PLATFORM_ADMIN', '@requires(role: "PLATFORM_ADMIN")')).toEqual({ person: { pay: 7 } });
  });
});
