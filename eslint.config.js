import { existsSync, readdirSync, readFileSync } from 'node:fs';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { noWallTime } from './test/check/no-wall-time.js';

const here = import.meta.dirname;

/** Who may import whom: the same table that test/architecture.test.ts reads. */
const law = JSON.parse(readFileSync(`${here}/test/check/rooms.json`, 'utf8'));
const doors = ['./index.ts', './graphql/index.ts', './http/index.ts'];
const modules = existsSync(`${here}/src/modules`) ? readdirSync(`${here}/src/modules`) : [];

const restricted = (zones) => ['error', { basePath: here, zones }];
const isAllowed = (room, allowed) => allowed.some((other) => room === other || room.startsWith(`${other}/`));

const roomZones = Object.entries(law).flatMap(([room, allowed]) => {
  const forbidden = Object.keys(law).filter((other) => other !== room && other !== 'config.ts' && !isAllowed(other, allowed));
  return forbidden.length === 0
    ? []
    : [
        {
          target: `./src/${room}`,
          from: forbidden.map((other) => `./src/${other}`),
          message: `${room} may import ${allowed.join(', ') || 'nothing'}.`,
        },
      ];
});

const doorZones = Object.keys(law)
  .filter((room) => !room.startsWith('cache'))
  .map((room) => ({
    target: `./src/${room}`,
    from: './src/cache',
    except: doors,
    message: 'Outside the engine, cache means its doors.',
  }));

const moduleZones = modules.flatMap((module) =>
  modules
    .filter((other) => other !== module)
    .map((other) => ({
      target: `./src/modules/${module}`,
      from: `./src/modules/${other}`,
      except: [`./${other}.module.ts`],
      message: 'Other modules are entered through their .module.ts.',
    })),
);

const onlyConfig = {
  object: 'process',
  property: 'env',
  message: 'Only config.ts reads the environment.',
};
/** `(parent, args, context, info)` is graphql's own signature. */
const threeParameters = {
  selector: ':function[params.length>3]:not([params.length=4][params.3.name=/^_?info$/])',
  message: 'At most three positional parameters: take an object.',
};
const onlyClock = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes from an injected Clock.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes from an injected Clock.' },
];

/** Time limits are defined in one place: a machine that is ten times slower must meet them. */
const ownLimit = 'Limits are in test/support/patience.ts and vitest.config.ts: a limit of its own fails a test on a busy machine.';
const noOwnLimits = [
  { selector: 'ExpressionStatement > CallExpression:not([callee.name=/^set/]) > :function + :matches(Literal, Identifier)', message: ownLimit },
  { selector: 'ExpressionStatement > CallExpression > ObjectExpression > Property[key.name=timeout]', message: ownLimit },
  { selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^wait/]:not([arguments.1.name=/^(PATIENT|WATCHFUL|STARTING)$/])", message: ownLimit },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.cache/', '.larder/', 'drizzle/', 'test/support/generated/', 'bench/', 'examples/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      globals: globals.node,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: here },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js', '.json'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A method may be async because its interface is.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'import-x/no-default-export': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', threeParameters],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'import-x/no-restricted-paths': restricted([...roomZones, ...doorZones, ...moduleZones]),
      'no-restricted-properties': ['error', onlyConfig],
      'no-restricted-syntax': ['error', threeParameters, ...onlyClock],
    },
  },
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['src/lib/clock.ts'], rules: { 'no-restricted-syntax': ['error', threeParameters] } },
  // Commands speak to people on the terminal.
  { files: ['src/main.ts', 'src/cli.ts', 'src/admin/**/*.ts', 'test/check/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    plugins: { larder: { rules: { 'no-wall-time': noWallTime } } },
    rules: {
      'larder/no-wall-time': 'error',
      // A vitest matcher is not a method that loses its object.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.test.ts'], rules: { 'no-restricted-syntax': ['error', threeParameters, ...noOwnLimits] } },
  // Tools want their configuration as the default export.
  { files: ['*.config.ts', 'codegen.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
