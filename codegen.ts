import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of the operations in schema/operations, for tests and for those who call the API. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['schema/operations/**/*.graphql'],
  ignoreNoDocuments: true,
  // Imports without .js, which NodeNext needs, would be written otherwise.
  emitLegacyCommonJSImports: false,
  generates: {
    'test/support/generated/': {
      preset: 'client',
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTimeISO: 'string', LocalDate: 'string', SafeInt: 'number' },
      },
    },
  },
};

export default config;
