import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { schema } from '../../src/database/schema.js';
import type { Change } from '../../src/outbox/images.js';
import { fillDatabase, ONE, PRODUCT, SECRET, TWO } from './database-fixture.js';
import { ALL, type OpenedDatabase } from './database-kinds.js';

const { categories, medicines, memberships, outbox, productGroups, products, sessions, stockLevels, tenants, users } = schema;

describe.each(ALL)('the outbox on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;
  const truncate = () => database.owner((tx) => tx.execute(sql`truncate outbox`));
  const recorded = async (): Promise<Change[]> => {
    const rows = await database.read('platform', (db) => db.select().from(outbox).orderBy(outbox.id));
    return rows.map(({ tableName, partition, images }) => ({ table: tableName, partition, images: images as Change['images'] }));
  };

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await fillDatabase(database);
  });
  beforeEach(truncate);
  afterAll(() => opened.close());

  const image = (of: typeof ONE, more: object = {}) => ({
    id: of.medicineId,
    tenant_id: of.tenantId,
    product_id: PRODUCT,
    category_id: of.categoryId,
    name: of === ONE ? 'one' : 'two',
    'name^': null,
    rank: null,
    offered: true,
    '@same': true,
    ...more,
  });
  const sorted = (changes: Change[]): Change[] =>
    changes
      .map(({ images, ...change }) => ({
        ...change,
        images: images === null ? null : [...images].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
      }))
      .sort((a, b) => `${a.table}${a.partition}`.localeCompare(`${b.table}${b.partition}`));

  it('holds the new image of an insert and the old image of a delete', async () => {
    const row = { id: '66666666-6666-3666-8666-666666666666', tenantId: ONE.tenantId, slug: 'new', names: {} };
    const expected = {
      table: 'categories',
      partition: ONE.tenantId,
      images: [{ id: row.id, tenant_id: ONE.tenantId, slug: 'new' }],
    };
    await database.write(ONE, (tx) => tx.insert(categories).values(row));
    await database.write(ONE, (tx) => tx.delete(categories).where(eq(categories.id, row.id)));
    expect(await recorded()).toEqual([expected, expected]);
  });

  it('holds old and new images of an update, and one image, that says so, when no captured column changed', async () => {
    await database.write(ONE, (tx) => tx.update(medicines).set({ rank: 7 }));
    await database.write(ONE, (tx) => tx.update(medicines).set({ priceMinor: 300 }));
    await database.write(ONE, (tx) => tx.update(medicines).set({ rank: null }));
    const [first, second] = sorted(await recorded());
    const changed = { 'name^': expect.any(Number) as number, '@same': false };
    expect(first?.images).toEqual([image(ONE, { rank: 7, ...changed }), image(ONE, changed)]);
    expect(second).toEqual({ table: 'medicines', partition: ONE.tenantId, images: [image(ONE, { rank: 7 })] });
  });

  it('calls nothing the same for what other rows were, even without the primary key', async () => {
    const working = database.owner(async (tx) => {
      await tx.execute(sql`create table shelves (id integer primary key, colour text)`);
      await tx.execute(sql`select larder_capture('shelves', 'global', array['colour'])`);
      await tx.execute(sql`insert into shelves values (1, 'red'), (2, 'red'), (3, 'blue')`);
      await tx.execute(sql`update shelves set colour = 'blue' where colour = 'red'`);
      await tx.execute(sql`update shelves set colour = case id when 1 then 'red' else colour end`);
      await tx.execute(sql`update shelves set colour = colour`);
      const rows = await tx.select({ images: outbox.images }).from(outbox).where(eq(outbox.tableName, 'shelves')).orderBy(outbox.id);
      const told = rows.map(({ images }) => Object.fromEntries((images ?? []).map((one) => [String(one['colour']), one['@same']])));
      throw Object.assign(new Error('not really'), { told });
    });
    await expect(working).rejects.toMatchObject({
      told: [{ red: undefined, blue: undefined }, { red: false, blue: false }, { red: false, blue: false }, { red: true, blue: true }],
    });
  });

  it('tells what a change makes of columns that are computed', async () => {
    await database.write(ONE, (tx) => tx.update(medicines).set({ discontinuedAt: sql`now()` }));
    await database.write(ONE, (tx) => tx.update(stockLevels).set({ quantity: 5 }));
    await database.write(ONE, (tx) => tx.update(stockLevels).set({ quantity: 4 }));
    await database.write(ONE, (tx) => tx.update(stockLevels).set({ quantity: 25 }));
    const shown = (await recorded()).map(({ images }) => images?.map((one) => one['offered'] ?? one['low']).sort());
    expect(shown).toEqual([[false, true], [false, true], [true], [false, true]]);
    await database.write(ONE, (tx) => tx.update(medicines).set({ discontinuedAt: null }));
  });

  it('has one row for each partition that a statement touched', async () => {
    await database.write('platform', (tx) => tx.update(medicines).set({ priceMinor: 400 }));
    expect(sorted(await recorded())).toEqual([
      { table: 'medicines', partition: ONE.tenantId, images: [image(ONE)] },
      { table: 'medicines', partition: TWO.tenantId, images: [image(TWO)] },
    ]);
  });

  it('tells both partitions when a row moves between them', async () => {
    const id = '77777777-7777-3777-8777-777777777777';
    await database.write('platform', (tx) =>
      tx.insert(categories).values({ id, tenantId: ONE.tenantId, slug: 'moving', names: {} }),
    );
    await truncate();
    await database.write('platform', (tx) => tx.update(categories).set({ tenantId: TWO.tenantId }).where(eq(categories.id, id)));
    expect(sorted(await recorded())).toEqual([
      { table: 'categories', partition: ONE.tenantId, images: [{ id, tenant_id: ONE.tenantId, slug: 'moving', '@same': false }] },
      { table: 'categories', partition: TWO.tenantId, images: [{ id, tenant_id: TWO.tenantId, slug: 'moving', '@same': false }] },
    ]);
    await database.write('platform', (tx) => tx.delete(categories).where(eq(categories.id, id)));
  });

  it('holds both sides of an upsert', async () => {
    const group = (id: string, tradeName: string) => ({ id: `${id.repeat(8)}-8888-3888-8888-888888888888`, tradeName });
    await database.write('platform', (tx) => tx.insert(productGroups).values(group('8', 'KNOWN')));
    await truncate();
    await database.write('platform', (tx) =>
      tx
        .insert(productGroups)
        .values([group('8', 'RENAMED'), group('9', 'NEW')])
        .onConflictDoUpdate({ target: productGroups.id, set: { tradeName: sql`excluded.trade_name` } }),
    );
    const images = (await recorded()).flatMap((change) => change.images ?? []).map(({ trade_name }) => trade_name);
    expect(images.sort()).toEqual(['KNOWN', 'NEW', 'RENAMED']);
  });

  it('holds what cascades', async () => {
    const spare = { id: '12121212-1212-3212-8212-121212121212', email: 'spare@example.org', name: 'Spare', passwordHash: SECRET };
    await database.write('platform', async (tx) => {
      await tx.insert(users).values(spare);
      await tx.insert(memberships).values({ userId: spare.id, tenantId: ONE.tenantId, role: 'STAFF' });
      await tx.insert(sessions).values({ id: 'spare-session', userId: spare.id, expiresAt: sql`now()` });
    });
    await truncate();
    await database.write('platform', (tx) => tx.delete(users).where(eq(users.id, spare.id)));
    expect(sorted(await recorded())).toEqual([
      { table: 'memberships', partition: 'global', images: [{ user_id: spare.id, tenant_id: ONE.tenantId, role: 'STAFF' }] },
      { table: 'sessions', partition: 'global', images: [{ id: 'spare-session', user_id: spare.id }] },
      { table: 'users', partition: 'global', images: [{ id: spare.id }] },
    ]);
  });

  it('says of a truncated table only whose rows it had', async () => {
    await database.write(ONE, async (tx) => {
      await tx.select().from(tenants);
    });
    await expect(
      database.owner(async (tx) => {
        await tx.execute(sql`truncate tenants cascade`);
        const rows = await tx
          .select({ table: outbox.tableName, partition: outbox.partition, images: outbox.images })
          .from(outbox);
        expect(rows).toHaveLength(2 + 4 * 2);
        expect(
          rows
            .filter(({ table }) => table === 'stock_levels')
            .map(({ partition }) => partition)
            .sort(),
        ).toEqual([ONE.tenantId, TWO.tenantId]);
        expect(rows.every(({ images }) => images === null)).toBe(true);
        throw new Error('not really');
      }),
    ).rejects.toThrow('not really');
    expect(await recorded()).toEqual([]);
  });

  it('does not list more than 500 rows', async () => {
    const many = (count: number) =>
      sql`insert into product_groups (id, trade_name) select gen_random_uuid(), 'MANY ' || n || random() from generate_series(1, ${count}::int) as n`;
    await database.write('platform', (tx) => tx.execute(many(500)));
    await database.write('platform', (tx) => tx.execute(many(501)));
    const [listed, bulk] = await recorded();
    expect(listed?.images).toHaveLength(500);
    expect(bulk).toEqual({ table: 'product_groups', partition: 'global', images: null });
    await truncate();
    await database.write('platform', (tx) =>
      tx.execute(
        sql`update product_groups set trade_name = trade_name || '!' where id in (select id from product_groups limit 300)`,
      ),
    );
    expect((await recorded())[0]?.images).toBeNull();
  });

  it('is silent about statements that change no row', async () => {
    await database.write(ONE, (tx) => tx.update(medicines).set({ rank: 1 }).where(eq(medicines.name, 'no such')));
    expect(await recorded()).toEqual([]);
  });

  it('never holds a secret', async () => {
    await database.write('platform', async (tx) => {
      await tx.update(users).set({ passwordHash: `${SECRET}-changed` });
      await tx.update(users).set({ passwordHash: SECRET });
    });
    const text = await database.read('platform', (db) =>
      db.select({ all: sql<string>`coalesce(string_agg(o::text, ','), '')` }).from(sql`outbox as o`),
    );
    expect(text[0]?.all).toContain(ONE.userId);
    expect(text[0]?.all).not.toContain(SECRET);
  });

  it('is written by whoever writes, the owner in plain SQL included', async () => {
    await database.owner((tx) => tx.execute(sql`update products set strength = '2MG'`));
    expect((await recorded()).map(({ table }) => table)).toEqual(['products']);
  });

  it('captures every table of the domain', async () => {
    const captured = await database.owner((db) =>
      db
        .select({ table: sql<string>`tgrelid::regclass::text`, count: sql<number>`count(*)::int` })
        .from(sql`pg_trigger`)
        .where(sql`not tgisinternal and tgname like 'larder_capture_%'`)
        .groupBy(sql`1`),
    );
    const tables = await database.owner((db) =>
      db
        .select({ table: sql<string>`relname::text` })
        .from(sql`pg_class`)
        .where(sql`relkind = 'r' and relnamespace = 'public'::regnamespace`),
    );
    const own = new Set(['outbox', 'outbox_epochs', 'cache_identity', 'cache_predicates']);
    expect(captured.map(({ table }) => table).sort()).toEqual(
      tables
        .map(({ table }) => table)
        .filter((table) => !own.has(table))
        .sort(),
    );
    expect(captured.every(({ count }) => count === 4)).toBe(true);
  });

  it('keeps the catalogue’s table of products out of a tenant’s partition', async () => {
    await database.write('platform', (tx) => tx.update(products).set({ teCode: 'AB' }));
    expect((await recorded()).map(({ partition }) => partition)).toEqual(['global']);
  });
});
