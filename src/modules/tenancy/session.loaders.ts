import { defineEntityLoader } from '../../cache/index.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { sessionColumns, sessionsById, sessionsOfUsers, type SessionRow, type SessionsOfUser } from './session.queries.js';

/**
 * Sessions by the hash of their token. Whatever changes what its user may do (the account, a role, a tenant entered or
 * left) invalidates the session's entry at once.
 */
export const sessionById = defineEntityLoader<ReadDb, string, SessionRow>({
  name: 'session',
  table: 'sessions',
  partition: 'global',
  policy: profiles.session,
  version: shapeOf(sessionColumns),
  keyColumn: 'id',
  rowReads: [
    { table: 'users', keys: ({ userId }) => [userId] },
    { table: 'memberships', filter: { user_id: ({ userId }) => userId } },
  ],
  batch: (read, ids) => read((db) => sessionsById(db, ids)),
  keyOf: (session) => session.id,
});

/** Where an account is signed in; null for nowhere. Looked at seldom, and never to be told wrong. */
export const sessionsOfUser = defineEntityLoader<ReadDb, string, SessionsOfUser>({
  name: 'sessionsOfUser',
  table: 'sessions',
  partition: 'global',
  policy: profiles.live,
  version: '1',
  keyColumn: 'user_id',
  byRow: false,
  batch: (read, userIds) => read((db) => sessionsOfUsers(db, userIds)),
  keyOf: ({ userId }) => userId,
});
