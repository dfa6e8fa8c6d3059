import { afterEach, expect, it } from 'vitest';
import { LiftedSchema, type Viewer } from '../../../test/support/lifted-schema.js';

let lifted: LiftedSchema | null = null;
afterEach(async () => {
  await lifted?.close();
  lifted = null;
});

it('P2 a value that the field cache keeps is for viewers who hold what its field requires, however the rest is executed', async () => {
  const opened = (lifted = await LiftedSchema.start({
    typeDefs: 'type Query { t: T } type T { salary: Int @cacheControl(maxAge: 60) now: Int }',
    resolvers: {
      Query: { t: () => ({}) },
      T: {
        salary: (_, __, { user }: Viewer) => {
          if (user !== 'boss') throw new Error('not allowed');
          return 7;
        },
        now: () => 1,
      },
    },
    options: { fields: true, permissionOf: ({ name }) => (name === 'salary' ? 'money' : null), holds: ({ user }) => user === 'boss' },
  }));
  const ask = async (user: string): Promise<unknown> => (await opened.ask('{ t { salary now } }', { user })).data;
  for (let time = 0; time < 2; time++) {
    expect(await ask('boss')).toEqual({ t: { salary: 7, now: 1 } });
    expect(await ask('clerk')).toEqual({ t: { salary: null, now: 1 } });
  }
});
