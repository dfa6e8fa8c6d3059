import type { ExecutionResult, GraphQLError } from 'graphql';

/** An answer in pieces: its data as text. */
export interface Joined {
  readonly json: string;
  readonly errors: readonly GraphQLError[];
}

/** What distinguishes an answer in pieces from the plain one; null when nothing does. */
export function difference(plain: ExecutionResult, joined: Joined): string | null {
  const json = JSON.stringify(plain.data ?? null);
  if (json !== joined.json) return `data\nplain:     ${json}\nin pieces: ${joined.json}`;
  const [expected, found] = [byPlace(plain, plain.errors ?? []), byPlace(plain, joined.errors)];
  for (const place of new Set([...expected.keys(), ...found.keys()])) {
    const [one, other] = [expected.get(place) ?? [], found.get(place) ?? []];
    const isSame = place.endsWith('!') ? haveOneInCommon(one, other) : String([...one].sort()) === String([...other].sort());
    if (!isSame) return `errors at ${place}\nplain:     ${one.join(' | ')}\nin pieces: ${other.join(' | ')}`;
  }
  return null;
}

/**
 * Errors by the place that is null for them. Where this is not the field that failed but something around it, which of
 * several failures are told depends on which came first, and on how long the rest of the answer takes: such places end in `!`.
 */
function byPlace({ data }: ExecutionResult, errors: readonly GraphQLError[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const error of errors) {
    const path = error.path ?? [];
    const shown = JSON.stringify(error.toJSON());
    let [depth, value] = [0, data as unknown];
    while (depth < path.length && value !== null && value !== undefined) value = (value as Record<string | number, unknown>)[path[depth++] as string];
    const place = `${path.slice(0, depth).join('.')}${depth < path.length ? '!' : ''}`;
    const known = places.get(place) ?? [];
    // Fields that are merged tell an error once.
    known.push(shown);
    places.set(place, known);
  }
  return places;
}

function haveOneInCommon(one: readonly string[], other: readonly string[]): boolean {
  return one.some((error) => other.includes(error));
}
