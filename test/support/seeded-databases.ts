import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import { predicateForms } from '../../src/cache/index.js';
import { openDatabase } from '../../src/database/database.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { declarePredicates } from '../../src/outbox/predicate-registry.js';
import { silentLogger } from '../../src/lib/logger.js';
import { hashPassword } from '../../src/modules/tenancy/tenancy.module.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** A part of the catalogue that leaves each pharmacy more medicines than the 200 that are ranked. */
const PRODUCTS = 4_000;
const MEDICINES = 400;

export interface SeededDirectory {
  readonly path: string;
  drop(): Promise<void>;
}

/** A seeded database of its own on the server. The first file that wants one seeds it for all, the others copy. */
export function seededDatabase(): Promise<TestDatabase> {
  const name = `${inject('runId')}_seeded`;
  const template = new URL(inject('databaseUrl'));
  template.pathname = `/${name}`;
  return oneAtATime('postgres', async (admin) => {
    const [known] = await admin`select 1 from pg_database where datname = ${name}`;
    if (known === undefined) {
      const being = await createTestDatabase();
      await seed({ url: being.url, dataDir: null });
      // Known by its name only once it is complete.
      await admin`alter database ${admin(new URL(being.url).pathname.slice(1))} rename to ${admin(name)}`;
    }
    return createTestDatabase(template.href);
  });
}

/** As `seededDatabase`, for PGlite: a directory that holds it. */
export async function seededDirectory(): Promise<SeededDirectory> {
  const template = join(inject('seedDirectory'), 'pglite');
  await oneAtATime('pglite', async () => {
    if (existsSync(template)) return;
    const being = await mkdtemp(`${template}-`);
    await seed({ url: undefined, dataDir: being });
    await rename(being, template);
  });
  const path = await mkdtemp(join(inject('seedDirectory'), 'copy-'));
  await cp(template, path, { recursive: true });
  return { path, drop: () => rm(path, { recursive: true, force: true }) };
}

async function seed(where: { readonly url: string | undefined; readonly dataDir: string | null }): Promise<void> {
  const database = await openDatabase({ ...where, poolMax: 2, logger: silentLogger });
  try {
    await importCatalogue(database, { limit: PRODUCTS });
    await seedDemo(database, { production: false, hashPassword, medicinesPerTenant: MEDICINES });
    // As after any earlier start: a service whose predicates are new waits for other nodes, which copies do not have.
    await import('../../src/schema.js');
    await declarePredicates(database, predicateForms.all);
  } finally {
    await database.close();
  }
}

/** Test files run in processes of their own: what they share is made under a lock that all of them can take. */
async function oneAtATime<T>(what: string, work: (admin: postgres.Sql) => Promise<T>): Promise<T> {
  const admin = postgres(inject('databaseUrl'), { max: 1, onnotice: () => undefined });
  try {
    await admin`select pg_advisory_lock(hashtext(${`${inject('runId')} ${what}`}))`;
    return await work(admin);
  } finally {
    await admin.end();
  }
}
