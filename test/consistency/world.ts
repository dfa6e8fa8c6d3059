import type postgres from 'postgres';
import type { Random } from '../model/random.js';
import type { NodeProcess } from './node-process.js';
import type { OwnRedis } from './redis-servers.js';
import type { Shelf } from './shelves.js';
import type { TcpProxy } from './tcp-proxy.js';

/** A node with its ways to the servers. */
export interface Place {
  readonly node: NodeProcess;
  readonly toRedis: TcpProxy;
  readonly toPostgres: TcpProxy;
}

/** What faults are done to. */
export interface World {
  readonly places: readonly Place[];
  readonly shelves: readonly Shelf[];
  /** To the database itself, past all proxies. */
  readonly sql: postgres.Sql;
  /** Of the database's first process; null where the checker did not start it here. */
  readonly databasePid: number | null;
  /** The Redis that is the master now. */
  redis: OwnRedis;
  readonly startRedis: (options?: { readonly dump?: string; readonly replicaOf?: OwnRedis }) => Promise<OwnRedis>;
  /** For faults: the same seed picks the same nodes. */
  readonly random: Random;
}

/** Leads nodes to a Redis; connections to the last one are broken. */
export function leadTo(places: readonly Place[], redis: OwnRedis): void {
  for (const { toRedis } of places) toRedis.point(redis.port);
}
