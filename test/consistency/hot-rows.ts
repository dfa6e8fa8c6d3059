import { Random } from '../model/random.js';
import type { MedicineRow, Shelf } from './shelves.js';

/** Milliseconds for which the same rows are fought over. */
const SLOT = 400;
const HOT = 3;

/** The rows that everybody reads and writes now: a function of seed and time alone. */
export function hotRows(shelves: readonly Shelf[], seed: number, began: number): () => readonly MedicineRow[] {
  let slot = -1;
  let hot: readonly MedicineRow[] = [];
  return () => {
    const now = Math.floor((performance.now() - began) / SLOT);
    if (now !== slot) {
      slot = now;
      const random = new Random(seed * 1_000_003 + slot);
      const { rows } = random.pick(shelves);
      hot = Array.from({ length: HOT }, () => random.pick(rows));
    }
    return hot;
  };
}
