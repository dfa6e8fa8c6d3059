import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of its own for one test file; `template` is the URL of another one to copy, which nobody may be using. */
export async function createTestDatabase(template?: string): Promise<TestDatabase> {
  const admin = inject('databaseUrl');
  const name = `${inject('runId')}_${randomBytes(4).toString('hex')}`;
  const url = new URL(admin);
  url.pathname = `/${name}`;
  await once(admin, (sql) =>
    template === undefined
      ? sql`create database ${sql(name)} template template0`
      : sql`create database ${sql(name)} template ${sql(new URL(template).pathname.slice(1))}`,
  );
  return { url: url.href, drop: () => once(admin, (sql) => sql`drop database if exists ${sql(name)} with (force)`) };
}

/** A prefix for the keys of one test file, on a Redis that others may be using. */
export function testPrefix(): string {
  return `${inject('runId')}-${randomBytes(4).toString('hex')}`;
}

async function once(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
