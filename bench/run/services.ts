import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import postgres from 'postgres';
import { ownServices } from '../../test/consistency/services.js';
import { startRedis } from '../../test/support/redis-server.js';
import { usesRedis, type ServerKind } from '../src/servers/server-protocol.js';

/** A PostgreSQL and a Redis that nobody else uses. */
export class Services {
  readonly #copies = new Map<ServerKind, string>();

  private constructor(
    private readonly urls: { readonly admin: string; readonly database: string; readonly redis: string },
    readonly logs: string,
    private readonly ends: (() => Promise<unknown>)[],
  ) {}

  /** The one that every server may use. */
  get databaseUrl(): string {
    return this.urls.database;
  }

  get redisUrl(): string {
    return this.urls.redis;
  }

  static async start(): Promise<Services> {
    const logs = mkdtempSync(join(tmpdir(), 'larder-bench-'));
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const own = await ownServices(process.env);
      ends.push(() => own.stop());
      const redis = await startRedis(own.redisProgram);
      ends.push(() => redis.stop());
      const name = `larder_bench_${randomBytes(4).toString('hex')}`;
      const url = new URL(own.databaseUrl);
      url.pathname = `/${name}`;
      await once(own.databaseUrl, (sql) => sql`create database ${sql(name)} template template0`);
      ends.push(() => dropAll(own.databaseUrl, name));
      return new Services({ admin: own.databaseUrl, database: url.href, redis: redis.url }, logs, ends);
    } catch (error) {
      for (const end of ends.reverse()) await end().catch(() => undefined);
      throw error;
    }
  }

  /** Copies the database for those who need one of their own. Nobody may be using it meanwhile. */
  async copyFor(kinds: Iterable<ServerKind>): Promise<void> {
    for (const kind of kinds) {
      if (!needsOwnDatabase(kind) || this.#copies.has(kind)) continue;
      const source = new URL(this.databaseUrl).pathname.slice(1);
      const url = new URL(this.databaseUrl);
      url.pathname = `/${source}_${kind.replaceAll('-', '_')}`;
      await this.#admin((sql) => sql`create database ${sql(url.pathname.slice(1))} template ${sql(source)}`);
      this.#copies.set(kind, url.href);
    }
  }

  databaseOf(kind: ServerKind): string {
    return this.#copies.get(kind) ?? this.databaseUrl;
  }

  async flushRedis(): Promise<void> {
    await this.#redis((client) => client.flushAll());
  }

  /** How often each command was called since the server started. */
  redisCalls(): Promise<ReadonlyMap<string, number>> {
    return this.#redis(async (client) => {
      const info = await client.info('commandstats');
      return new Map([...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, command = '', calls]) => [command, Number(calls)]));
    });
  }

  async versions(): Promise<Readonly<Record<string, string>>> {
    const redis = await this.#redis(async (client) => /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '');
    let database = '';
    await this.#admin(async (sql) => {
      const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
      database = row?.version ?? '';
    });
    return { postgresql: database, redis };
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end().catch(() => undefined);
    rmSync(this.logs, { recursive: true, force: true });
  }

  async #redis<T>(work: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> {
    const client = createClient({ url: this.redisUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client as ReturnType<typeof createClient>);
    } finally {
      client.destroy();
    }
  }

  #admin(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
    return once(this.urls.admin, work);
  }
}

/** A Larder without Redis must be the only one on its database. */
function needsOwnDatabase(kind: ServerKind): boolean {
  return /^(larder|api)/.test(kind) && !usesRedis(kind);
}

function dropAll(adminUrl: string, prefix: string): Promise<void> {
  return once(adminUrl, async (sql) => {
    const databases = await sql<{ name: string }[]>`select datname as name from pg_database where starts_with(datname, ${prefix})`;
    for (const { name } of databases) await sql`drop database ${sql(name)} with (force)`;
  });
}

async function once(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
