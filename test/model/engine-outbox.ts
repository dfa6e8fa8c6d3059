import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database, Db } from '../../src/database/database.js';
import type { OutboxRow } from './database.js';
import type { World } from './world.js';

const dialect = new PgDialect();

/** How the relay's statements reach the world's outbox: what each of them does, found by its words. */
export function simulatedOutbox(world: World, pause: () => Promise<void>): Pick<Database, 'write'> {
  const tx = {
    select: () => ({ from: (source: SQL) => Promise.resolve(select(world, source)) }),
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

interface Found {
  readonly before: string;
  readonly id: string | null;
  readonly table: string | null;
  readonly partition: string | null;
  readonly images: readonly { readonly id: number }[] | null;
}

function select(world: World, source: SQL): readonly Found[] {
  const { sql, params } = dialect.sqlToQuery(source);
  if (!sql.startsWith('outbox_to_poll(')) throw new Error(`the world's outbox cannot select from ${sql}`);
  const { before, rows, repeated } = world.database.toPoll(params[0] as string | null);
  return [
    { before, id: null, table: null, partition: null, images: null },
    ...rows.map((row) => ({ before, id: row.id, ...changeOf(row) })),
    ...repeated.map((partition) => ({ before, id: null, table: 'rows', partition, images: null })),
  ];
}

function execute(world: World, statement: SQL): void {
  const { sql, params } = dialect.sqlToQuery(statement);
  const [first, second] = params as [string, string];
  if (sql.includes('delete from outbox')) return;
  if (sql.includes('insert into outbox_epochs')) world.database.note(first, second);
  else if (sql.includes('update outbox set applied_epochs')) world.database.markApplied(second.slice(1, -1).split(','), first);
  else throw new Error(`the world's outbox cannot execute ${sql}`);
}

/** What the triggers would have written. */
export function changeOf({ partition, rows }: OutboxRow): { table: string; partition: string; images: { id: number }[] } {
  return { table: 'rows', partition, images: rows.map((id) => ({ id })) };
}
