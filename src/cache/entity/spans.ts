/** Places along an order: whole numbers from 0. */
export interface Span {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

const BITS = 3;
const LEVELS = 8;
const BLOCKS = Array.from({ length: LEVELS }, (_, level) => level);
const AREAS = [5, 7];
/** In the place of areas, where it is not known of which texts they would be. */
export const WHOLE = `${LEVELS}.0`;
/** The last place there is: what lies beyond it shares it. */
export const LAST_PLACE = 2 ** (BITS * LEVELS) - 1;

const place = (of: number): number => Math.min(LAST_PLACE, Math.max(0, Math.floor(of)));
const node = (level: number, of: number): string => `${level}.${of >> (BITS * level)}`;

/** The blocks of 1, 8, 64, … places that a place lies in. */
export function blocksAround(of: number): readonly string[] {
  return BLOCKS.map((level) => node(level, place(of)));
}

/** As few blocks as together are a span: they hold one of a place's blocks if it lies within, and none if not. */
export function blocksOf(span: Span): readonly string[] {
  return covering(span, BLOCKS);
}

/** Larger blocks: for what names something beside, so that all pairs are few. */
export function areasAround(of: number): readonly string[] {
  return AREAS.map((level) => node(level, place(of)));
}

/** As few areas as hold a span: one of them is each of its places', and some are also of places close by. */
export function areasOf(span: Span): readonly string[] {
  return covering(span, AREAS);
}

/** @param levels of the blocks, the smallest first. */
function covering({ from, to }: Span, levels: readonly number[]): readonly string[] {
  const [smallest = 0, ...larger] = levels;
  const blocks: string[] = [];
  let start = place(from) >> (BITS * smallest) << (BITS * smallest);
  const end = place(to) + 1;
  while (start < end) {
    const level = larger.reduce((best, size) => (start % 2 ** (BITS * size) === 0 && start + 2 ** (BITS * size) <= end ? size : best), smallest);
    blocks.push(node(level, start));
    start += 2 ** (BITS * level);
  }
  return blocks;
}
