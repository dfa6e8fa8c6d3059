import Negotiator from 'negotiator';
import type { Encoding } from './joined-bodies.js';

export const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

const SMALLEST_FIRST: Encoding[] = ['br', 'gzip', 'identity'];

/** So many different headers are remembered: browsers have a few, and only attackers many. */
const REMEMBERED = 500;

/** Headers that decide about the form of an answer, read once for each text that they come with. */
export class Negotiation {
  readonly #types = new Map<string, string | null>();
  readonly #encodings = new Map<string, Encoding>();

  /** The media type, as Apollo Server chooses it; null for none that there is (GraphQL over HTTP, section 6.4). */
  typeFor(accept: string | undefined): string | null {
    if (accept === undefined || accept === '*/*' || accept === 'application/json') return JSON_TYPE;
    return remember(this.#types, accept, () => {
      const type = new Negotiator({ headers: { accept } }).mediaType(['application/json', 'application/graphql-response+json']);
      return type === 'application/json' ? JSON_TYPE : type === undefined ? null : RESPONSE_TYPE;
    });
  }

  encodingFor(acceptEncoding: string | undefined): Encoding {
    if (acceptEncoding === undefined || acceptEncoding === '' || acceptEncoding === 'identity') return 'identity';
    return remember(this.#encodings, acceptEncoding, () => {
      const accepted = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encodings(SMALLEST_FIRST);
      return SMALLEST_FIRST.find((encoding) => accepted.includes(encoding)) ?? 'identity';
    });
  }
}

function remember<T>(known: Map<string, T>, text: string, find: () => T): T {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= REMEMBERED) known.clear();
  const value = find();
  known.set(text, value);
  return value;
}
