import type { Random } from '../model/random.js';
import { everythingOf, stockChangeRequest, updateRequest } from './requests.js';
import { ShopStock } from './shop-stock.js';
import { REORDER_LEVEL, SEARCHED, type Shelf } from './shelves.js';
import type { Workload } from './workload.js';

/** Few medicines, of which everything is read: each write concerns much of what there is. */
export function fewRows(shelf: Shelf, random: Random): Workload {
  const discontinued = new Set<string>();
  const kept = shelf.rows.filter(({ stock }) => stock.latest.state.quantity !== null);
  const stock = new ShopStock((id) => ({ quantity: kept.find((row) => row.id === id)?.stock.latest.state.quantity ?? 0, reorderLevel: REORDER_LEVEL }));
  return {
    name: 'few rows, all of them read',
    tenant: shelf.tenant,
    reads: everythingOf(shelf),
    /** Prices and stock mostly, as in a shop; some moves, names, and medicines that are taken out of the assortment or back. */
    write: (turn) => {
      const row = random.pick(kept);
      const chance = random.next();
      // Nobody orders what is out of the assortment.
      if (chance < 0.45) return stockChangeRequest(row, stock.change(row.id, random, !discontinued.has(row.id)));
      const price = 1_000 + turn;
      if (chance < 0.8) return updateRequest(row, { price });
      if (chance < 0.88) return updateRequest(row, { price, categoryId: random.pick(shelf.categoryIds) });
      if (chance < 0.94) return updateRequest(row, { price, name: `${random.pick(['alpha', SEARCHED])} ${turn}` });
      const isTaken = random.chance(0.2);
      if (isTaken) discontinued.add(row.id);
      else discontinued.delete(row.id);
      return updateRequest(row, { price, discontinued: isTaken });
    },
  };
}
