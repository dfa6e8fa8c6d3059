import house from '../eslint.config.js';

const here = import.meta.dirname;

/** The rules of the house, for a package that has types and dependencies of its own. */
export default [
  { ignores: ['dist/', 'node_modules/'] },
  ...house
    .filter(({ files }) => files !== undefined && files.includes('**/*.ts'))
    .map((config) => ({
      ...config,
      ...(config.languageOptions?.parserOptions === undefined
        ? {}
        : { languageOptions: { ...config.languageOptions, parserOptions: { project: './tsconfig.json', tsconfigRootDir: here } } }),
    })),
];
