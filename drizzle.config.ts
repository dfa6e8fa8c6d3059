import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/database/tables/*.ts',
  out: './drizzle',
  // The policies' roles are made by the first migration; drizzle-kit knows them by name alone.
  entities: { roles: false },
});
