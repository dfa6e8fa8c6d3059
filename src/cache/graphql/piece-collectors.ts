import type { Collector } from '../core/collector.js';

/**
 * Collectors of pieces under way. The field at the root of a piece is stored with the piece: to store its value once more
 * would cost every miss twice.
 */
const collectors = new WeakSet<Collector>();

export function asPieceCollector(collector: Collector): Collector {
  collectors.add(collector);
  return collector;
}

export function isPieceCollector(collector: Collector): boolean {
  return collectors.has(collector);
}
