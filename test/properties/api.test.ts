import { inject, it } from 'vitest';
import { expectProperty } from './expect-property.js';

it('F3, P2 the API answers as it does without its caches, and nothing of others', async () => {
  const services = { databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), runId: inject('runId'), stop: () => Promise.resolve() };
  await expectProperty('api', () => Promise.resolve(services));
});
