import 'reflect-metadata';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditApi } from '../../src/admin/cache-audit.js';
import { capturedTables, tablesToCapture } from '../../src/database/captured-tables.js';
import { schema as tables } from '../../src/database/schema.js';
import { directiveArguments } from '../../src/cache/graphql/index.js';
import { buildApiSchema } from '../../src/schema.js';
import { backends, type Running } from '../support/backends.js';
import { tableOf, watchReads } from '../support/watch-reads.js';
import { cases, type Case } from './isolation/cases.js';
import { markTenants, type MarkedTenant } from './isolation/marked-tenants.js';
import { fieldsToTry, operationOn, type TriedField } from './isolation/operation.js';

/**
 * What the audit tells is what the service does: while every root field and every mutation is asked as in the tests of
 * isolation, the tables that are read and written are held against those that are declared.
 */

const bare = await buildApiSchema();
const { places } = auditApi(bare);
const fields = fieldsToTry(bare);

const PLATFORM_ADMIN = 'platform@larder.example';

/** What else a field is asked for, so that it reads everything that it can. */
const MORE: Readonly<Record<string, (own: MarkedTenant) => readonly Record<string, unknown>[]>> = {
  'Query.node': ({ id, productId, groupId }) => [{ id }, { id: productId }, { id: groupId }],
  'Query.nodes': ({ productId, groupId }) => [{ ids: [productId, groupId] }],
};

const lacking = (these: Iterable<string>, those: Iterable<string>): string[] => {
  const known = new Set(those);
  return [...new Set(these)].filter((one) => !known.has(one)).sort();
};

describe('the audit says what the service does', () => {
  let running: Running;
  let own: MarkedTenant;
  let other: MarkedTenant;
  let seen: ReturnType<typeof watchReads>;
  const written = new Map<string, readonly string[]>();

  beforeAll(async () => {
    const [, servers] = backends;
    if (servers === undefined) throw new Error('there is no backend with servers');
    running = await servers.start({ env: { LIMIT_COST: '1000000000', LIMIT_TOKENS: '10000', LIMIT_SIGN_IN: '0' } });
    [own, other] = await markTenants(running);
    await furnish();
    seen = watchReads(running.app.schema);
    const queriesFirst = [...fields].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'query' ? -1 : 1));
    for (const field of queriesFirst) await attempt(field);
  });
  afterAll(() => running.close());

  /** So that every mutation has something to change in each table that it may. */
  async function furnish(): Promise<void> {
    const { categories, medicines, memberships, sessions, stockLevels, stockMovements, users } = tables;
    const tenantId = own.disposable.id;
    await running.change(async (tx) => {
      const lasting = { expiresAt: sql`now() + interval '1 hour'` };
      const [lone] = await tx.insert(users).values({ email: 'lone@larder.example', name: 'Lone', passwordHash: 'none' }).returning({ id: users.id });
      const userId = lone?.id ?? '';
      await tx.insert(memberships).values({ tenantId, userId, role: 'STAFF' });
      await tx.insert(sessions).values([own.guestId, own.leaverId, userId].map((id) => ({ id: `session of ${id}`, userId: id, ...lasting })));
      const [category] = await tx.insert(categories).values({ tenantId, slug: 'all', names: {} }).returning({ id: categories.id });
      const [medicine] = await tx
        .insert(medicines)
        .values({ tenantId, productId: own.productId, categoryId: category?.id ?? '', name: 'Medicine', priceMinor: 1 })
        .returning({ id: medicines.id });
      const medicineId = medicine?.id ?? '';
      await tx.insert(stockLevels).values({ tenantId, medicineId, quantity: 1, reorderLevel: 0 });
      await tx.insert(stockMovements).values({ tenantId, medicineId, delta: 1, reason: 'RECEIPT', userId });
      await tx.insert(stockMovements).values({ tenantId: own.id, medicineId: own.medicineId, delta: 1, reason: 'RECEIPT', userId: own.leaverId });
    });
    // Of which a new password ends the others.
    await running.client.signIn(own.admin);
  }

  async function attempt(field: TriedField): Promise<void> {
    const { args, through, reaching } = cases[field.name] as Case;
    const as = field.role === 'PLATFORM_ADMIN' ? PLATFORM_ADMIN : field.role === 'STAFF' ? own.staff : own.admin;
    const token = field.name === 'Mutation.signOut' ? await running.client.signIn(as) : await running.client.token(as);
    const { document } = operationOn(bare, field, through);
    const before = await lastOfOutbox();
    const reply = await running.client.request(document, { tenant: own.slug, token, variables: args(own) });
    expect(reply.errors, field.name).toEqual([]);
    if (field.kind === 'mutation') written.set(field.name, await tablesSince(before));
    // What is not found is read, too.
    else for (const variables of [...reaching(own, other).map(([, given]) => given), ...(MORE[field.name]?.(own) ?? [])]) await running.client.request(document, { tenant: own.slug, token, variables });
  }

  const lastOfOutbox = async (): Promise<bigint> => {
    const [last] = await running.app.database.read('platform', (db) => db.select({ id: sql<string | null>`max(id)::text` }).from(tables.outbox));
    return BigInt(last?.id ?? 0);
  };
  const tablesSince = async (id: bigint): Promise<string[]> => {
    const rows = await running.app.database.read('platform', (db) => db.selectDistinct({ table: tables.outbox.tableName }).from(tables.outbox).where(sql`id > ${id.toString()}::bigint`));
    // A purge is recorded under a name that no table has.
    return rows.map(({ table }) => table).filter((table) => !table.startsWith('@'));
  };

  const declaredBy = (name: string): readonly string[] => places.find((place) => place.kind === 'field' && place.name === name)?.tables ?? [];
  /** Fields of what only mutations answer are no places of a cache. */
  const isReply = (name: string): boolean => /^(Mutation|\w+Payload|ReceivedItem)\./.test(name);

  it('F6 of every field that reads, what it reads', () => {
    const silent = [...seen].filter(([name]) => !isReply(name)).flatMap(([name, read]) => {
      const missing = lacking(read, declaredBy(name));
      return missing.length === 0 ? [] : [`${name} reads ${missing.join(', ')} and does not say so: add their loaders or lists to its @Reads(…)`];
    });
    expect(silent).toEqual([]);
    expect([...seen].filter(([, read]) => read.size > 0).length).toBeGreaterThan(25);
  });

  it('and nothing else', () => {
    const surplus = places.filter(({ kind }) => kind === 'field').flatMap(({ name, tables: declared }) => {
      const unread = lacking(declared, seen.get(name) ?? []);
      return unread.length === 0 ? [] : [`${name} says that it reads ${unread.join(', ')}, which was not seen here`];
    });
    expect(surplus).toEqual([]);
  });

  it('F6 of every mutation which tables it writes, and no others', () => {
    const wrong = Object.entries(bare.getMutationType()?.getFields() ?? {}).flatMap(([name, field]) => {
      const declared = (directiveArguments(field.astNode, 'invalidates')?.['tables'] ?? []) as string[];
      const wrote = written.get(`Mutation.${name}`) ?? [];
      const [missing, surplus] = [lacking(wrote, declared), lacking(declared, wrote)];
      return [
        ...(missing.length === 0 ? [] : [`Mutation.${name} writes ${missing.join(', ')} and does not say so: add them to its @Writes(…)`]),
        ...(surplus.length === 0 ? [] : [`Mutation.${name} says that it writes ${surplus.join(', ')}, and did not: take them out of its @Writes(…), or give it something to change there in this test`]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('P2 of everything that is stored, on what it depends', async () => {
    const kept = await running.dump();
    const stored = kept.flatMap(({ key, text }) => {
      const [, , layer = '', name = ''] = key.split(':');
      const place = places.find((one) => one.kind === layer && one.name === name);
      return place === undefined ? [] : [{ place, read: (JSON.parse(text) as { tags: string[] }).tags.map(tableOf) }];
    });
    expect(new Set(stored.map(({ place }) => place.kind))).toEqual(new Set(['field', 'list', 'entity']));
    const strange = stored.map(({ place, read }) => ({ name: place.name, tables: lacking(read, place.tables) })).filter((one) => one.tables.length > 0);
    expect(strange).toEqual([]);
  });

  it('F4 the triggers of the database are those that migrations say', async () => {
    expect(new Set(await capturedTables(running.app.database))).toEqual(new Set(tablesToCapture().keys()));
    expect([tablesToCapture().get('medicines'), tablesToCapture().get('products')]).toEqual(['own', 'global']);
    await running.app.database.owner((tx) => tx.execute(sql`alter table stock_levels disable trigger larder_capture_update`));
    const captured = await capturedTables(running.app.database);
    expect(captured).not.toContain('stock_levels');
    expect(auditApi(bare, { captured }).contradictions).toEqual([expect.stringMatching(/^Changes of table stock_levels are captured by no trigger, and Query\.lowStockCount, Query\.stock, /)]);
    await running.app.database.owner((tx) => tx.execute(sql`alter table stock_levels enable trigger larder_capture_update`));
  });

  it('in its reply to an administrator', async () => {
    const token = await running.client.token(own.admin);
    const { cacheAudit } = await running.client.data<{ cacheAudit: { places: { name: string; tags: string[]; invalidatedBy: string[] }[] } }>(
      '{ cacheAudit { places { name tags invalidatedBy } } }',
      { tenant: own.slug, token },
    );
    expect(cacheAudit.places.find(({ name }) => name === 'Query.stock')).toEqual({
      name: 'Query.stock',
      tags: ['t/<tenant>/stock_levels/<medicine_id>'],
      invalidatedBy: ['adjustStock', 'createMedicine', 'deleteTenant', 'receiveShipment', 'sellMedicine'],
    });
  });
});
