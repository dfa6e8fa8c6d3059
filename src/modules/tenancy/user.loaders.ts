import { defineList, type TableRead } from '../../cache/index.js';
import { toPage, type Page } from '../../graphql/connection.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { countUsers, userColumns, userOf, userPage, type UserAsk, type UserFilter, type UserPageAsk, type UserRow } from './user.queries.js';

const version = shapeOf(userColumns);

/** Accounts are shared by tenants and so their changes are everybody's; read as the tenant, which sees its members only. */
const members: readonly TableRead<UserFilter>[] = [
  { table: 'memberships', partition: 'global', filter: { tenant_id: ({ tenantId }) => tenantId } },
  { table: 'users', partition: 'global', wholeTable: true },
];

export const userOfTenant = defineList<ReadDb, UserAsk, UserRow | null>({
  name: 'user',
  partition: 'own',
  policy: profiles.list,
  version,
  reads: [
    { table: 'memberships', partition: 'global', filter: { tenant_id: ({ tenantId }) => tenantId, user_id: ({ userId }) => userId } },
    { table: 'users', partition: 'global', filter: { id: ({ userId }) => userId } },
  ],
  query: (read, ask) => read((db) => userOf(db, ask)),
});

export const userList = defineList<ReadDb, UserPageAsk, Page<UserRow>>({
  name: 'users',
  partition: 'own',
  policy: profiles.list,
  version,
  reads: members,
  query: (read, ask) => read(async (db) => toPage(await userPage(db, ask), ask.page)),
});

export const userTotal = defineList<ReadDb, UserFilter, number>({
  name: 'userTotal',
  partition: 'own',
  policy: profiles.list,
  version: '1',
  reads: members,
  query: (read, filter) => read((db) => countUsers(db, filter)),
});
