import type { Database, Db, DbScope } from '../database/database.js';
import type { Change, RowImages } from './images.js';

export interface TransactionTarget {
  readonly database: Pick<Database, 'writeAndRead'>;
  readonly scope: DbScope;
  /**
   * Told what the transaction changed once it is committed, and awaited: whoever awaits the transaction may rely on it.
   * Not called when nothing changed. When it rejects, the change stands; the outbox still holds it for the relay.
   *
   * @param earlier what others had committed before, and nobody had applied yet: the change stands on it.
   */
  readonly applied: (own: RowImages, earlier: RowImages) => Promise<void>;
}

const READ_BACK = 'select own, id, table_name, partition, images from outbox_to_apply()';

/**
 * The only way the API writes. The triggers' record of the change is read back before the commit, and on the way to it:
 * afterwards it could only be found by asking for everybody's.
 */
export async function withTransaction<T>(target: TransactionTarget, work: (tx: Db) => Promise<T>): Promise<T> {
  const { result, rows } = await target.database.writeAndRead(target.scope, work, READ_BACK);
  const recorded = rows as unknown as readonly OutboxRow[];
  const [own, earlier] = [recorded.filter((row) => row.own), recorded.filter((row) => !row.own)];
  if (own.length > 0) await target.applied(imagesOf(own), imagesOf(earlier));
  return result;
}

/** As the function returns it. */
interface OutboxRow {
  readonly own: boolean;
  readonly id: string;
  readonly table_name: string;
  readonly partition: string;
  readonly images: Change['images'];
}

function imagesOf(rows: readonly OutboxRow[]): RowImages {
  return {
    outboxIds: rows.map(({ id }) => id),
    changes: rows.map(({ table_name: table, partition, images }) => ({ table, partition, images })),
  };
}
