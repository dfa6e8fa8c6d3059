import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openDatabase, type Database, type DatabaseOptions } from '../../src/database/database.js';
import { silentLogger } from '../../src/lib/logger.js';
import { createTestDatabase } from '../support/test-database.js';

export interface OpenedDatabase {
  readonly database: Database;
  /** Empty for PGlite. */
  readonly url: string;
  /** Every statement since the database was opened. */
  readonly statements: string[];
  close(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: string;
  open(options?: Partial<DatabaseOptions>): Promise<OpenedDatabase>;
}

const options = (): DatabaseOptions => ({ poolMax: 10, dataDir: null, logger: silentLogger });

export const PGLITE: DatabaseKind = {
  name: 'PGlite',
  open: async (more) => {
    const statements: string[] = [];
    const database = await openDatabase({ ...options(), onQuery: (statement) => statements.push(statement), ...more });
    return { database, url: '', statements, close: () => database.close() };
  },
};

export const POSTGRES: DatabaseKind = {
  name: 'PostgreSQL',
  open: async (more) => {
    const { url, drop } = await createTestDatabase();
    return openServer({ url, drop, more });
  },
};

/** The API's login in a careful installation: owner of its database, and nothing beyond it. */
const ordinaryLogin: DatabaseKind = {
  name: 'PostgreSQL, as a login that is no superuser',
  open: async (more) => {
    const { url: own, drop: dropDatabase } = await createTestDatabase();
    const login = `larder_test_${randomBytes(4).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    const url = new URL(own);
    const admin = postgres(inject('databaseUrl'), { max: 1, onnotice: () => undefined });
    await admin.unsafe(`create role ${login} login createrole nosuperuser password '${password}'`);
    await admin.unsafe(`alter database ${url.pathname.slice(1)} owner to ${login}`);
    // They belong to the server: when another test has made them already, this login could not take them on by itself.
    for (const role of ['larder_app', 'larder_platform']) await admin.unsafe(`grant ${role} to ${login}`).catch(() => undefined);
    url.username = login;
    url.password = password;
    const drop = async (): Promise<void> => {
      await dropDatabase();
      await admin.unsafe(`drop role ${login}`);
      await admin.end();
    };
    return openServer({ url: url.href, drop, more });
  },
};

async function openServer(target: {
  url: string;
  drop: () => Promise<void>;
  more: Partial<DatabaseOptions> | undefined;
}): Promise<OpenedDatabase> {
  const { url, drop, more } = target;
  const statements: string[] = [];
  const database = await openDatabase({ ...options(), url, onQuery: (statement) => statements.push(statement), ...more });
  const close = async (): Promise<void> => {
    await database.close();
    await drop();
  };
  return { database, url, statements, close };
}

export const BOTH = [PGLITE, POSTGRES];
export const ALL = [PGLITE, POSTGRES, ordinaryLogin];
