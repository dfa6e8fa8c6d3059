import { defineConfig } from 'vitest/config';

/** Tests that need no server, so that they run at once and anywhere. */
const alone = ['src/**/*.test.ts', 'test/*.test.ts', 'test/check/**/*.test.ts', 'test/bench/**/*.test.ts', 'test/support/service-choice.test.ts', 'test/properties/alone.test.ts', 'test/lift/**/*.test.ts', 'test/trials/**/*.test.ts'];

export default defineConfig({
  // Vite would load graphql's ES build for our files and type-graphql the CommonJS one: two realms, which graphql refuses.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // They only end what hangs: the longest test is still in time on a machine that is ten times slower.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 60_000,
    env: { NODE_ENV: 'test' },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'] },
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: [...alone, '**/node_modules/**'],
          globalSetup: ['./test/support/services.ts', './test/support/seed-directory.ts'],
        },
      },
    ],
  },
});
