import { inArray } from 'drizzle-orm';
import type { Config } from '../config.js';
import { DatabaseError } from '../database/database-error.js';
import type { Database } from '../database/database.js';
import { DEMO_ACCOUNTS } from '../database/seed/demo-accounts.js';
import { users } from '../database/tables/tenancy.js';

/** @throws DatabaseError DEMO_ACCOUNTS_REFUSED in production, where accounts exist whose password everyone knows. */
export async function refuseDemoAccounts({ environment }: Pick<Config, 'environment'>, database: Database): Promise<void> {
  if (environment !== 'production') return;
  const emails = DEMO_ACCOUNTS.map(({ email }) => email);
  const found = await database.read('platform', (db) => db.select({ email: users.email }).from(users).where(inArray(users.email, emails)));
  if (found.length === 0) return;
  const names = found.map(({ email }) => email).join(', ');
  throw new DatabaseError('DEMO_ACCOUNTS_REFUSED', `NODE_ENV is "production" and the database holds demo accounts, whose password everyone knows: delete ${names}, or use another database.`);
}
