/** Where two JSON texts differ first, as a path of names and places; empty when it is at the root, or nowhere. */
export function firstDifference(a: string, b: string): readonly (string | number)[] {
  return differenceOf(JSON.parse(a), JSON.parse(b)) ?? [];
}

function differenceOf(a: unknown, b: unknown): readonly (string | number)[] | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return [];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const below = differenceOf(left[name], right[name]);
    if (below !== null) return [Array.isArray(a) ? Number(name) : name, ...below];
  }
  return null;
}
