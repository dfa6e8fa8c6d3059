import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/database/database.js';
import { silentLogger } from '../../src/lib/logger.js';
import { seededDatabase } from '../support/seeded-databases.js';
import type { TestDatabase } from '../support/test-database.js';
import { stepsOf } from './follow.js';

/** The example of docs/migrations.md, with a version before it and one after it at work between its steps. */

const page = readFileSync(join(import.meta.dirname, '../../docs/migrations.md'), 'utf8');
const example = stepsOf(page).find((step) => step.kind === 'show' && step.language === 'sql')?.text ?? '';
const [expand, fill, switchOver, contract] = example.split(/^-- \d, .*\n/m).slice(1);

describe('expand, then contract', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await seededDatabase();
    database = await openDatabase({ url: place.url, dataDir: null, poolMax: 2, logger: silentLogger });
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  const run = (text: string | undefined): Promise<unknown> => database.owner((tx) => tx.execute(sql.raw(text ?? 'no such step')));
  /** As the API does it. */
  const write = (text: string): Promise<unknown> => database.write('platform', (tx) => tx.execute(sql.raw(text)));
  const countIn = async (table: string, condition: string): Promise<number> => {
    const [row] = await database.read('platform', (db) => db.select({ n: sql<number>`count(*)::int` }).from(sql.raw(table)).where(sql.raw(condition)));
    return row?.n ?? -1;
  };
  const countOf = (condition: string): Promise<number> => countIn('medicines', condition);
  const bulkChanges = (): Promise<number> => countIn('outbox', `table_name = 'medicines' and images is null`);

  it('lets the old version write, and the new one find it', async () => {
    await run(expand);
    await write(`update medicines set name = name || ' (old)' where rank = 1`);
    await write(`update medicines set name = 'Both', label = 'Both' where rank = 2`);
    await write(`update medicines set name = name || ' (again)' where rank = 2`);
    expect(await countOf('rank <= 2')).toBe(4);
    expect(await countOf('rank <= 2 and label = name')).toBe(4);
  });

  it('fills the rest in batches, each small enough to name its rows', async () => {
    const before = await bulkChanges();
    for (let left = await countOf('label is null'), rounds = 0; left > 0; left = await countOf('label is null')) {
      await run(fill);
      expect(left - (await countOf('label is null'))).toBe(Math.min(left, 500));
      expect(rounds++).toBeLessThan(20);
    }
    expect(await countOf('label is distinct from name')).toBe(0);
    // Without images a change would invalidate everything that read the table.
    expect(await bulkChanges()).toBe(before);
  });

  it('ends without the old column, and with the new one always filled', async () => {
    await run(switchOver);
    await run(contract);
    await expect(countOf('name is null')).rejects.toThrow();
    await expect(write('update medicines set label = null where rank = 1')).rejects.toThrow();
    expect(await countOf('label is null')).toBe(0);
  });
});
