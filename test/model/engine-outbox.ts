import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database, Db } from '../../src/database/database.js';
import type { OutboxRow } from './database.js';
import type { World } from './world.js';

const dialect = new PgDialect();

/** How the relay's statements reach the world's outbox: what each of them does, found by its words. */
export function simulatedOutbox(world: World, pause: () => Promise<void>): Pick<Database, 'write'> {
  const found = (condition: SQL) => ({ orderBy: () => ({ limit: () => Promise.resolve(select(world, condition)) }) });
  const tx = {
    select: () => ({ from: () => ({ where: found }) }),
    execute: (statement: SQL) => Promise.resolve(execute(world, statement)),
  } as unknown as Db;
  return {
    write: async (_scope, work) => {
      await pause();
      if (world.random.chance(world.setting.lossRate / 5)) throw new Error('the database was not reached');
      const result = await work(tx);
      await pause();
      return result;
    },
  };
}

function select(world: World, condition: SQL): { id: string; table: string; partition: string; images: { id: number }[] }[] {
  const { sql, params } = dialect.sqlToQuery(condition);
  if (!/^\(?applied_epochs = '\{\}'/.test(sql)) throw new Error(`the world's outbox cannot select ${sql}`);
  const [epoch] = params;
  return world.database.unapplied(typeof epoch === 'string' ? epoch : null).map((row) => ({ id: row.id, ...changeOf(row) }));
}

function execute(world: World, statement: SQL): void {
  const { sql, params } = dialect.sqlToQuery(statement);
  if (sql.includes('delete from outbox')) return;
  if (!sql.includes('update outbox set applied_epochs')) throw new Error(`the world's outbox cannot execute ${sql}`);
  const [epoch, ids] = params as [string, string];
  world.database.markApplied(ids.slice(1, -1).split(','), epoch);
}

/** What the triggers would have written. */
export function changeOf({ partition, rows }: OutboxRow): { table: string; partition: string; images: { id: number }[] } {
  return { table: 'rows', partition, images: rows.map((id) => ({ id })) };
}
