import type { Database } from '../../database/database.js';
import { duplicatesAre } from '../../graphql/duplicates.js';
import { validateArgument } from '../../graphql/validation.js';
import { withTransaction } from '../../outbox/with-transaction.js';
import { insertAccount } from './account.queries.js';
import { addressOf } from './account.service.js';
import { NewAccountInput } from './account.type.js';
import { hashPassword } from './password.js';

export interface PlatformAdmin {
  readonly id: string;
  readonly email: string;
}

/**
 * An account that may do everything in every tenant: how the first one comes to be, from the command line. Running
 * servers learn of it from the outbox.
 *
 * @throws LarderError BAD_USER_INPUT by the rules of any new account, or ALREADY_EXISTS.
 */
export async function createPlatformAdmin(
  database: Pick<Database, 'writeAndRead'>,
  account: { readonly email: string; readonly name: string; readonly password: string },
): Promise<PlatformAdmin> {
  validateArgument(Object.assign(new NewAccountInput(), account));
  const email = addressOf(account.email);
  const passwordHash = await hashPassword(account.password);
  const insert = withTransaction({ database, scope: 'platform', applied: () => Promise.resolve() }, (tx) =>
    insertAccount(tx, { email, name: account.name.trim(), passwordHash, platformAdmin: true }),
  );
  return { id: await insert.catch(duplicatesAre('There is an account with this e-mail address already.')), email };
}
