import type postgres from 'postgres';
import { setTimeout as pause } from 'node:timers/promises';
import { isLow } from './judge.js';
import type { Observation } from './observation.js';
import { readShelves } from './read-shelves.js';
import type { Record } from './record.js';
import { askOf, everythingOf } from './requests.js';
import type { MedicineState, StockState } from './shelves.js';
import type { World } from './world.js';

/** How long a node may take to trust what it has stored again; F4 gives it 2 s after everything has recovered. */
const RECOVERY = 10_000;

export interface Comparing {
  readonly world: World;
  readonly record: Record;
  readonly sql: postgres.Sql;
  readonly tokens: Readonly<{ [tenant: string]: string }>;
}

/**
 * While nobody writes: every node has to show exactly what the database holds. What a node still shows otherwise, it
 * would show for ever: an invalidation was lost.
 */
export async function compareWithDatabase({ world, record, sql, tokens }: Comparing): Promise<void> {
  await Promise.all(world.places.map(({ node }) => untilTrusted(node, record)));
  // Longer than another node's change may take to show.
  await pause(1_100);
  const held = new Map((await readShelves(sql)).map((row) => [row.id, row]));
  const gone: MedicineState = { exists: false, price: 0, name: '', categoryId: '', rank: null, discontinued: false };
  const medicine = (id: string): MedicineState => held.get(id)?.state ?? gone;
  const stock = (id: string): StockState => held.get(id)?.stock ?? { quantity: null };
  for (const shelf of world.shelves) {
    for (const row of shelf.rows) {
      const { state } = row.medicine.latest;
      if (state.exists !== medicine(row.id).exists || (state.exists && state.price !== medicine(row.id).price)) {
        throw new Error(`the checker's own history of ${row.id} does not end with what the database holds`);
      }
    }
    const requests = everythingOf(shelf);
    const compareNode = async ({ node }: World['places'][number]): Promise<void> => {
      for (const request of requests) {
        const began = performance.now();
        const reply = await node.http.ask(askOf(request, tokens[shelf.tenant] ?? ''));
        if (reply.kind !== 'answer') {
          record.failed(`at rest: ${reply.reason}`);
          continue;
        }
        record.countRead(request.about, began);
        for (const seen of request.observe(reply.data)) {
          const [shown, expected] = compared(seen, medicine, stock);
          if (shown !== expected) record.found({ kind: 'lost invalidation', what: `node ${node.index} at rest, ${request.about.join(' ')}: shows ${shown}, the database holds ${expected}` });
        }
      }
    };
    await Promise.all(world.places.map(compareNode));
  }
  record.comparisons++;
}

async function untilTrusted(node: World['places'][number]['node'], record: Record): Promise<void> {
  for (const deadline = performance.now() + RECOVERY; performance.now() < deadline; await pause(50)) {
    if ((await node.report())?.standing === 'trusted') return;
  }
  record.found({ kind: 'no recovery', what: `node ${node.index} did not trust what it stores within ${RECOVERY / 1_000} s` });
}

function compared(seen: Observation, medicine: (id: string) => MedicineState, stock: (id: string) => StockState): readonly [shown: string, expected: string] {
  const text = (state: Omit<MedicineState, 'exists'> & { readonly id: string }): string =>
    JSON.stringify([state.id, state.price, state.name, state.categoryId, state.rank, state.discontinued]);
  const counted = (test: (id: string) => boolean): number => ('shelf' in seen ? seen.shelf.rows.filter(({ id }) => test(id)).length : 0);
  switch (seen.kind) {
    case 'medicine': {
      const state = medicine(seen.of.id);
      return [seen.seen === null ? 'nothing' : text(seen.seen), state.exists ? text({ id: seen.of.id, ...state }) : 'nothing'];
    }
    case 'stock':
      return [String(seen.seen), String(stock(seen.of.id).quantity)];
    case 'list': {
      const expected = seen.shelf.rows.filter(({ id }) => seen.of.contains(medicine(id))).map(({ id }) => text({ id, ...medicine(id) }));
      return [seen.seen.map(text).sort().join(' '), expected.sort().join(' ')];
    }
    case 'count':
      return [String(seen.seen), String(counted((id) => seen.of.contains(medicine(id))))];
    case 'low stock':
      return [String(seen.seen), String(counted((id) => isLow(medicine(id), stock(id))))];
  }
}
