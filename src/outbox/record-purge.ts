import { sql } from 'drizzle-orm';
import type { Db } from '../database/database.js';

/** Writes tags into the outbox as they are: whoever takes changes from it takes them, too. */
export async function recordPurge(tx: Db, tags: readonly string[]): Promise<void> {
  await tx.execute(sql`select larder_purge(${JSON.stringify(tags.map((tag) => ({ tag })))}::jsonb)`);
}
