import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { schema } from '../../src/database/schema.js';
import { silentLogger } from '../../src/lib/logger.js';
import type { Change, RowImages } from '../../src/outbox/images.js';
import { declarePredicates, readPredicates } from '../../src/outbox/predicate-registry.js';
import { recordPurge } from '../../src/outbox/record-purge.js';
import { Relay } from '../../src/outbox/relay.js';
import { fillDatabase, ONE, TWO } from './database-fixture.js';
import { ALL, type OpenedDatabase } from './database-kinds.js';
import { PATIENT } from '../support/patience.js';

const { categories, outbox } = schema;

interface NodeOptions {
  readonly epoch?: string;
  readonly marksPerEpoch?: boolean;
  readonly meets?: string;
  readonly rest?: () => Promise<unknown>;
  readonly write?: Database['write'];
}

describe.each(ALL)('the relay on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await fillDatabase(database);
  });
  beforeEach(() => database.owner((tx) => tx.execute(sql`truncate outbox, outbox_epochs`)));
  afterAll(() => opened.close());

  /** A node: its ledger takes everything under the epoch it is in. */
  function node({ epoch = 'e1', marksPerEpoch = true, meets, rest, write = database.write }: NodeOptions = {}) {
    const state = { epoch, away: false, taken: [] as Change[], polls: [] as string[] };
    const relay = new Relay({
      database: { write },
      logger: silentLogger,
      marksPerEpoch,
      epoch: () => state.epoch,
      apply: ({ changes }: RowImages) => {
        if (state.away) return Promise.reject(new Error('away'));
        state.epoch = meets ?? state.epoch;
        state.taken.push(...changes);
        return Promise.resolve(state.epoch);
      },
      onPolled: (poll) => state.polls.push(poll.epoch),
      ...(rest === undefined ? {} : { rest }),
    });
    return { state, relay };
  }

  /** Holds what the first poll has read, until it may go on. */
  function holdRead() {
    let readFirst!: () => void;
    let goOn!: () => void;
    const isRead = new Promise<void>((resolve) => (readFirst = resolve));
    const goes = new Promise<void>((resolve) => (goOn = resolve));
    let calls = 0;
    const write: Database['write'] = async (scope, work) => {
      const result = await database.write(scope, work);
      if (calls++ === 0) {
        readFirst();
        await goes;
      }
      return result;
    };
    return { write, isRead, goOn };
  }

  const applied = async () => {
    const rows = await database.read('platform', (db) => db.select({ epochs: outbox.appliedEpochs }).from(outbox).orderBy(outbox.id));
    return rows.map(({ epochs }) => epochs);
  };
  /** Transactions of other tests on the same server, too: what is behind one of them is told row by row. */
  const othersHaveEnded = () =>
    vi.waitFor(async () => {
      const [row] = await database.read('platform', (db) => db.select({ last: sql<boolean>`max(txid) < pg_snapshot_xmin(pg_current_snapshot())` }).from(outbox));
      expect(row?.last).toBe(true);
    }, PATIENT);
  const change = () => database.write(ONE, (tx) => tx.update(categories).set({ slug: sql`slug || 'x'` }).where(eq(categories.id, ONE.categoryId)));

  it('F4 finds what a crash has left, once', async () => {
    const { state, relay } = node();
    await change();
    await relay.poll();
    await relay.poll();
    expect(state.taken.map(({ table, partition }) => ({ table, partition }))).toEqual([{ table: 'categories', partition: ONE.tenantId }]);
    expect(state.polls).toEqual(['e1', 'e1']);
  });

  it('F4 keeps what could not be applied for the next poll, and reports no poll', async () => {
    const { state, relay } = node();
    await change();
    state.away = true;
    await expect(relay.poll()).rejects.toThrow('away');
    expect(state.polls).toEqual([]);
    state.away = false;
    await relay.poll();
    expect(state.taken).toHaveLength(1);
  });

  it('F5 applies again what was applied under another epoch', async () => {
    const first = node();
    await change();
    await first.relay.poll();
    const second = node({ epoch: 'e2' });
    await second.relay.poll();
    expect(second.state.taken).toHaveLength(1);
    await second.relay.poll();
    expect(second.state.taken).toHaveLength(1);
    const careless = node({ epoch: 'e3', marksPerEpoch: false });
    await careless.relay.poll();
    expect(careless.state.taken).toEqual([]);
  });

  it('F5 polls again when it meets another epoch, and reports only that poll', async () => {
    const { state, relay } = node();
    await change();
    await relay.poll();
    // The ledger has begun another epoch since this node last heard of it.
    const { state: met, relay: other } = node({ meets: 'e2' });
    await other.poll();
    expect(met.polls).toEqual(['e2']);
    expect([state.taken.length, met.taken.length]).toEqual([1, 1]);
  });

  it('marks what its own node has applied', async () => {
    const { state, relay } = node();
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    await relay.applying([String(row?.id)], Promise.resolve('e1'));
    await relay.close();
    await relay.poll();
    expect(state.taken).toEqual([]);
  });

  it('F5 applies for another epoch what its own node has applied and not marked yet', async () => {
    const { state, relay } = node({ rest: () => new Promise(() => undefined) });
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    await relay.applying([String(row?.id)], Promise.resolve('e1'));
    state.epoch = 'e2';
    await relay.poll();
    expect([state.taken.length, await applied()]).toEqual([1, [['e2']]]);
  });

  it('does not apply again what its own node has applied and not marked yet', async () => {
    const { state, relay } = node({ rest: () => new Promise(() => undefined) });
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    await relay.applying([String(row?.id)], Promise.resolve('e1'));
    await relay.poll();
    expect([state.taken.length, await applied()]).toEqual([0, [['e1']]]);
  });

  it('F5 does not mark under an epoch that it meets what it has applied under the last', async () => {
    const { state, relay } = node({ rest: () => new Promise(() => undefined), meets: 'e2' });
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    await relay.applying([String(row?.id)], Promise.resolve('e1'));
    await relay.poll();
    expect(state.taken).toHaveLength(1);
    expect(await applied()).toEqual([['e2']]);
  });

  it('does not apply again what its own node was applying when a poll found it', async () => {
    const held = holdRead();
    const { state, relay } = node({ write: held.write });
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    let apply!: (epoch: string | null) => void;
    const applying = relay.applying([String(row?.id)], new Promise((resolve) => (apply = resolve)));
    const polling = relay.poll();
    await held.isRead;
    held.goOn();
    await nextTurn();
    expect([state.taken, state.polls]).toEqual([[], []]);
    apply('e1');
    await Promise.all([applying, polling]);
    await relay.close();
    expect([state.taken, state.polls]).toEqual([[], ['e1']]);
  });

  it('F4 applies what its own node could not apply', async () => {
    const { state, relay } = node();
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    await relay.applying([String(row?.id)], Promise.resolve(null));
    await expect(relay.applying([String(row?.id)], Promise.reject(new Error('nonsense')))).rejects.toThrow('nonsense');
    await relay.poll();
    expect(state.taken).toHaveLength(1);
  });

  it('does not apply again what its own node has applied and marked since a poll read it', async () => {
    const held = holdRead();
    const { state, relay } = node({ rest: () => Promise.resolve(), write: held.write });
    await change();
    const [row] = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    const polling = relay.poll();
    await held.isRead;
    await relay.applying([String(row?.id)], Promise.resolve('e1'));
    await vi.waitFor(async () => expect(await applied()).toEqual([['e1']]), PATIENT);
    // Nothing else is remembered of it by now but that it need not be applied again.
    await relay.close();
    held.goOn();
    await polling;
    expect([state.taken, state.polls]).toEqual([[], ['e1']]);
  });

  it('gathers what it marks', async () => {
    const go: (() => void)[] = [];
    const { relay } = node({ rest: () => new Promise((resolve) => go.push(() => resolve(undefined))) });
    for (let times = 0; times < 3; times++) await change();
    const rows = await database.read('platform', (db) => db.select({ id: outbox.id }).from(outbox));
    opened.statements.length = 0;
    await Promise.all(rows.map(({ id }) => relay.applying([String(id)], Promise.resolve('e1'))));
    expect(go).toHaveLength(1);
    go[0]?.();
    await relay.close();
    expect(await applied()).toEqual([['e1'], ['e1'], ['e1']]);
    expect(opened.statements.filter((statement) => statement.includes('update outbox'))).toHaveLength(1);
  });

  it('takes more rows than fit one batch', async () => {
    const { state, relay } = node();
    await database.owner((tx) =>
      tx.execute(sql`insert into outbox (table_name, partition) select 'categories', ${ONE.tenantId} from generate_series(1, 2500)`),
    );
    await relay.poll();
    expect(state.taken).toHaveLength(2500);
    expect(state.polls).toEqual(['e1']);
  });

  it('F5 tells another epoch of all that was applied at once, as tables, and marks nothing for it', async () => {
    const first = node();
    for (let times = 0; times < 3; times++) await change();
    await database.write('platform', (tx) => recordPurge(tx, ['t/global/rows/1']));
    await first.relay.poll();
    await othersHaveEnded();
    const { state, relay } = node({ epoch: 'e2' });
    await relay.poll();
    expect(state.taken).toHaveLength(2);
    expect(state.taken).toEqual(
      expect.arrayContaining([
        { table: 'categories', partition: ONE.tenantId, images: null },
        { table: '@purge', partition: 'global', images: [{ tag: 't/global/rows/1' }] },
      ]),
    );
    expect(await applied()).toEqual([['e1'], ['e1'], ['e1'], ['e1']]);
  });

  it('F5 says of a transaction that is under way nothing to anybody', async () => {
    const [first, second] = [node(), node({ epoch: 'e2' })];
    await change();
    await first.relay.poll();
    const hasChanged = held();
    const mayEnd = held();
    const late = database.write(TWO, async (tx) => {
      await tx.update(categories).set({ slug: sql`slug || 'y'` }).where(eq(categories.id, TWO.categoryId));
      hasChanged.release();
      await mayEnd.released;
    });
    // PGlite has one connection: there nobody polls before it has ended.
    if (database.kind === 'postgres') {
      await hasChanged.released;
      // A transaction after it, so that it is not the last.
      await change();
      await first.relay.poll();
      await second.relay.poll();
      expect(second.state.taken.map(({ partition }) => partition)).not.toContain(TWO.tenantId);
    }
    mayEnd.release();
    await late;
    await first.relay.poll();
    await second.relay.poll();
    const taken = second.state.taken.filter(({ partition }) => partition === TWO.tenantId);
    expect(taken).toHaveLength(1);
  });

  it('does not look through what its epoch has been told, however much that is', async () => {
    const { state, relay } = node();
    await database.owner((tx) =>
      tx.execute(sql`
        insert into outbox (table_name, partition, marked_at, applied_epochs)
        select 'products', 'global', now(), '{e0}' from generate_series(1, 20000)`),
    );
    await othersHaveEnded();
    await relay.poll();
    expect(state.taken.map(({ table }) => table)).toEqual(['products']);
    await change();
    const looked = await database.write('platform', async (tx) => {
      const read = async (): Promise<number> => {
        const [row] = await tx.select({ read: sql<string>`seq_tup_read + idx_tup_fetch` }).from(sql`pg_stat_xact_user_tables`).where(sql`relname = 'outbox'`);
        return Number(row?.read);
      };
      const before = await read();
      await tx.execute(sql`select * from outbox_to_poll('e1', '10 minutes', 1000)`);
      return (await read()) - before;
    });
    expect(looked).toBeLessThan(10);
    await relay.poll();
    expect(state.taken.map(({ table }) => table)).toEqual(['products', 'categories']);
  });

  it('prunes what was applied and is old, and nothing else', async () => {
    const { relay } = node();
    await database.owner((tx) =>
      tx.execute(sql`
        insert into outbox (table_name, partition, marked_at, applied_epochs) values
          ('old-applied', 'global', now() - interval '11 minutes', '{e1}'),
          ('new-applied', 'global', now(), '{e1}')`),
    );
    await relay.poll();
    await relay.close();
    const rows = await database.read('platform', (db) => db.select({ table: outbox.tableName }).from(outbox));
    expect(rows).toEqual([{ table: 'new-applied' }]);
  });

  it('F6 tells other versions of the predicates of this one', async () => {
    const mine = [{ table: 'medicines', columns: ['category_id', 'rank'] }];
    expect(await declarePredicates(database, mine)).toBe(true);
    expect(await declarePredicates(database, mine)).toBe(false);
    expect(await readPredicates(database)).toContainEqual(mine[0]);
  });
});

function held(): { readonly released: Promise<void>; readonly release: () => void } {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { released, release };
}
