import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import { decisionsDuring } from '../support/decisions.js';
import { print } from '../support/print.js';

const ROWS = 50_000;
const TENANT = sql`(select id from tenants where slug = 'downtown')`;
const LIST = '{ medicines(first: 50) { totalCount edges { node { id price { amount } category { name } } } } }';

describe.each(backends)(`F6 a transaction that changes ${ROWS} rows, on $name`, (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
    await running.change(async (tx) => {
      await tx.execute(sql`
        insert into products (id, group_id, manufacturer_id, dosage_form_id, route_id, appl_type, appl_no, product_no, strength,
          approved_before_1982, reference_listed, reference_standard, marketing_status)
        select 'N1' || lpad(n::text, 8, '0'), p.group_id, p.manufacturer_id, p.dosage_form_id, p.route_id, 'N', '1' || lpad(n::text, 5, '0'), '999', '1MG',
          true, false, false, 'RX'
        from generate_series(1, ${ROWS}::int) as n, (select * from products limit 1) as p`);
      await tx.execute(sql`
        insert into medicines (tenant_id, product_id, category_id, name, price_minor)
        select ${TENANT}, 'N1' || lpad(n::text, 8, '0'), (select id from categories where tenant_id = ${TENANT} limit 1), 'bulk ' || n, 100
        from generate_series(1, ${ROWS}::int) as n`);
    });
  });
  afterAll(() => running.close());

  it('leaves a bounded row in the outbox, emits bounded tags, and makes nothing stale', () =>
    running.whileTrusted(async () => {
      const { client, app } = running;
      const ask = (tenant: string): Promise<string> => client.request(LIST, { tenant }).then(({ text }) => text);
      const [before, others] = [await ask('downtown'), await ask('riverside')];
      await running.settled();
      const { events } = await decisionsDuring(app.cache, () =>
        running.change((tx) => tx.execute(sql`update medicines set price_minor = price_minor + 1 where tenant_id = ${TENANT}`)),
      );

      const invalidations = events.filter((event) => event.type === 'invalidate');
      // The relay may have found the row, too, before it was marked.
      const tags = [...new Set(invalidations.flatMap((event) => event.tags))];
      const recorded = await app.database.read('platform', (db) =>
        db.execute(sql`select table_name, images, pg_column_size(outbox.*) as bytes from outbox order by id desc limit 1`),
      );
      const [row] = (Array.isArray(recorded) ? recorded : (recorded as { rows: unknown[] }).rows) as { table_name: string; images: unknown; bytes: number }[];
      print(`${backend.name}: ${ROWS} rows changed, ${tags.length} tags, outbox row of ${row?.bytes} bytes`);
      expect(tags.length).toBeLessThanOrEqual(2);
      expect(row).toMatchObject({ table_name: 'medicines', images: null });
      expect(row?.bytes).toBeLessThan(500);

      const after = JSON.parse(await ask('downtown')) as { data: { medicines: { edges: { node: { id: string; price: { amount: number } } }[] } } };
      const old = JSON.parse(before) as typeof after;
      for (const [index, { node }] of after.data.medicines.edges.entries()) {
        expect(node.price.amount).toBe((old.data.medicines.edges[index]?.node.price.amount ?? 0) + 1);
      }
      const undisturbed = await decisionsDuring(app.cache, async () => expect(await ask('riverside')).toBe(others));
      expect(undisturbed.misses).toEqual([]);
      expect(undisturbed.hits.length).toBeGreaterThan(0);
    }));
});
