/**
 * For clients: a `fetch` that reads what this client has written, whichever node answers. It remembers the position that a
 * mutation was answered with, and sends it with what is asked next. Works wherever a `fetch` can be given:
 *
 *     new HttpLink({ uri, fetch: readYourWrites() })   // Apollo Client
 *     createClient({ url, fetch: readYourWrites() })   // urql
 *
 * Pages of another origin see the position only if the server exposes it: `Access-Control-Expose-Headers: Larder-Position`.
 */

/** By then every node that answers has heard of the write, or trusts nothing that it stored. */
const KEPT_MS = 10_000;

interface Seen {
  readonly position: string;
  readonly at: number;
}

export function readYourWrites(inner: typeof fetch = fetch): typeof fetch {
  let seen: Seen | null = null;
  return async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    if (seen !== null && performance.now() - seen.at >= KEPT_MS) seen = null;
    if (seen !== null) headers.set('Larder-After', seen.position);
    const response = await inner(input, { ...init, headers });
    const position = response.headers.get('Larder-Position');
    if (position !== null && (seen === null || !isBehind(position, seen.position))) seen = { position, at: performance.now() };
    return response;
  };
}

/** Of two mutations under way at once, the one that is answered last may be the one that came first, or none has yet a place. */
function isBehind(position: string, known: string): boolean {
  if (known === 'bypass') return true;
  const [epoch, place] = position.split(':');
  const [knownEpoch, knownPlace] = known.split(':');
  return epoch === knownEpoch && Number(place) < Number(knownPlace);
}
