import { sql } from 'drizzle-orm';
import type { Database, Db, DbScope } from '../database/database.js';
import type { Change, RowImages } from './images.js';

export interface TransactionTarget {
  readonly database: Pick<Database, 'write'>;
  readonly scope: DbScope;
  /**
   * Told what the transaction changed once it is committed, and awaited: whoever awaits the transaction may rely on it.
   * Not called when nothing changed. When it rejects, the change stands; the outbox still holds it for the relay.
   */
  readonly applied: (images: RowImages) => Promise<void>;
}

/**
 * The only way the API writes. The triggers' record of the change is read back before the commit: afterwards it
 * could only be found by asking for everybody's.
 */
export async function withTransaction<T>(target: TransactionTarget, work: (tx: Db) => Promise<T>): Promise<T> {
  const { result, images } = await target.database.write(target.scope, async (tx) => ({
    result: await work(tx),
    images: await imagesOf(tx),
  }));
  if (images.changes.length > 0) await target.applied(images);
  return result;
}

async function imagesOf(tx: Db): Promise<RowImages> {
  const rows = await tx
    .select({
      id: sql<string>`id`,
      table: sql<string>`table_name`,
      partition: sql<string>`partition`,
      images: sql<Change['images']>`images`,
    })
    .from(sql`outbox_of_this_transaction()`);
  return {
    outboxIds: rows.map((row) => row.id),
    changes: rows.map(({ table, partition, images }) => ({ table, partition, images })),
  };
}
