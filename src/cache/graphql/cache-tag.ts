import { partitionOfTag, tableOfTag, tags, type Tag } from '../core/tags.js';
import type { AnsweredPiece } from './answered-piece.js';

/** From the finest to the coarsest: what an answer depends on, the tables of that, and whose they are. */
type Levels = readonly [ReadonlySet<Tag>, ReadonlySet<Tag>, ReadonlySet<Tag>];

/**
 * The header `Cache-Tag`, by which CDNs purge what they keep: the tags that a change emits, and the tables and partitions that
 * contain them. When that is too long the finest are left out, then the tables; the coarsest come last. Who purges by a coarse
 * one purges whatever depends on one of its fine ones.
 *
 * @param maxBytes of the header's value: servers and CDNs refuse long ones.
 * @returns null for an answer that depends on nothing.
 */
export function cacheTag(pieces: readonly AnsweredPiece[], maxBytes: number): string | null {
  const chosen: string[] = [];
  let left = maxBytes + 1;
  for (const level of [...levelsOf(pieces)].reverse()) {
    const names = [...level].map(named);
    left -= names.reduce((bytes, name) => bytes + name.length + 1, 0);
    // All of a kind or none: who purges by one of them could not know of which answers it was left out.
    if (left < 0) break;
    chosen.unshift(...names);
  }
  return chosen.length === 0 ? null : chosen.join(',');
}

function levelsOf(pieces: readonly AnsweredPiece[]): Levels {
  const levels = [new Set<Tag>(), new Set<Tag>(), new Set<Tag>()] as const;
  for (const { entry } of pieces) {
    for (const tag of entry?.tags ?? []) {
      const of = partitionOfTag(tag);
      const table = tableOfTag(tag);
      if (of === null) continue;
      levels[2].add(tags.partition(of));
      if (table === null) continue;
      const all = tags.table(of, table);
      levels[1].add(all);
      // That of every row says what the table's says.
      if (tag !== all && tag !== tags.everyRow(of, table)) levels[0].add(tag);
    }
  }
  return levels;
}

/** In the header, commas separate. Everything else of a tag is visible ASCII already. */
function named(tag: Tag): string {
  return tag.replaceAll(',', '%2C');
}
