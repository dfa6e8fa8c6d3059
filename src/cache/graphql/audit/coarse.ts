import type { AuditFacts } from './facts.js';
import { nameOf } from './wording.js';

/** Lists and loaders that depend on every change of a table and do not say so, or say two things. */
export function coarse({ definitions }: Pick<AuditFacts, 'definitions'>): readonly string[] {
  const unsaid = definitions.flatMap(({ layer, name, reads }) =>
    reads.flatMap(({ table, by, wholeTable }) => {
      const place = nameOf(layer, name);
      if (by === 'table' && !wholeTable) return [`${place} reads table ${table} without a filter, and any change of it makes it invalid; declare its conditions as filter, or say wholeTable: true.`];
      if (by !== 'table' && wholeTable) return [`${place} reads table ${table} by ${by === 'row' ? 'key' : by}, and says wholeTable: true; leave one of the two out.`];
      return [];
    }),
  );
  const names = definitions.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  return [...unsaid, ...twice.map((name) => `Two loaders or lists are named ${name}, and could answer for each other; rename one.`)];
}
