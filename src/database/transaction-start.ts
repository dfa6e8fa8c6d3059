import type { DbScope } from './database.js';
import { DatabaseError } from './database-error.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Statements that open a transaction for a scope, as one text: they go to the server in one message. The settings are
 * local to the transaction, so that nothing of them is left on a pooled connection.
 */
export function transactionStart(scope: DbScope | 'owner', mode: 'read' | 'write'): string {
  const begin = mode === 'read' ? 'begin read only' : 'begin';
  // Migrations have no time limit.
  if (scope === 'owner') return `${begin}; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`;
  return `${begin}; ${scopeSettings(scope)}`;
}

export function scopeSettings(scope: DbScope): string {
  if (scope === 'platform') return 'set local role larder_platform';
  if (scope === 'catalogue') return 'set local role larder_app';
  // It becomes part of the statement's text: SET takes no parameters.
  if (!UUID.test(scope.tenantId))
    throw new DatabaseError('DATABASE_QUERY_FAILED', 'a tenant id must be a UUID', { sqlState: '22P02' });
  return `set local role larder_app; set local app.tenant_id = '${scope.tenantId}'`;
}
