/** Names in lower case. */
export type HeaderFields = Readonly<Record<string, string>>;

export interface CachedRequest {
  readonly url: string;
  readonly headers: HeaderFields;
}

export interface CachedResponse {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: string;
}

export type Origin = (request: CachedRequest) => Promise<CachedResponse>;

interface StoredResponse {
  /** Of the request that it answered (RFC 9111, section 4.1). */
  readonly request: HeaderFields;
  response: CachedResponse;
  /** When it was received or last validated, on this cache's clock. */
  receivedAt: number;
}

/** Statuses that are heuristically cacheable (RFC 9110, section 15.1). */
const HEURISTIC = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];
/** Heuristic lifetime in seconds. RFC 9111 leaves it to each cache; this one is as long as any. */
const GUESSED = 3_600;

/**
 * A cache for GET, to the letter of RFC 9111: it keeps whatever it may, for as long as it may. For tests of what an origin's
 * headers allow.
 */
export class HttpCacheOfTests {
  /** Answers that were given without asking the origin, and those that it confirmed. */
  hits = 0;
  validated = 0;
  readonly #stored = new Map<string, StoredResponse[]>();

  constructor(
    private readonly origin: Origin,
    private readonly options: { readonly isShared: boolean; readonly now: () => number },
  ) {}

  async get(request: CachedRequest): Promise<CachedResponse> {
    const stored = this.#selected(request);
    if (stored !== null && this.#isFresh(stored)) {
      this.hits++;
      return stored.response;
    }
    // Section 4.3.1: of the selected response; what is chosen by Vary alone is validated by its own tag.
    const etag = stored?.response.headers['etag'];
    const received = await this.origin(stored === null || etag === undefined ? request : { ...request, headers: { ...request.headers, 'if-none-match': etag } });
    if (received.status === 304 && stored !== null) {
      this.validated++;
      // Section 3.2.
      stored.response = { ...stored.response, headers: { ...stored.response.headers, ...received.headers } };
      stored.receivedAt = this.options.now();
      return stored.response;
    }
    this.#store(request, received);
    return received;
  }

  /** Section 4.1. The most recent of those that match. */
  #selected({ url, headers }: CachedRequest): StoredResponse | null {
    return this.#stored.get(url)?.find(({ request, response }) => namesIn(response.headers['vary']).every((name) => name !== '*' && normal(headers[name]) === normal(request[name]))) ?? null;
  }

  /** Section 3. */
  #store(request: CachedRequest, response: CachedResponse): void {
    const { isShared, now } = this.options;
    const { status, headers } = response;
    const says = directives(headers['cache-control']);
    if (status === 304 || says.has('no-store') || (isShared && says.has('private'))) return;
    // Section 3.5.
    const mayBeShared = says.has('public') || says.has('s-maxage') || says.has('must-revalidate');
    if (isShared && request.headers['authorization'] !== undefined && !mayBeShared) return;
    const isAllowed = says.has('public') || (!isShared && says.has('private')) || says.has('max-age') || (isShared && says.has('s-maxage')) || headers['expires'] !== undefined || HEURISTIC.includes(status);
    if (!isAllowed) return;
    const others = (this.#stored.get(request.url) ?? []).filter((stored) => stored !== this.#selected(request));
    this.#stored.set(request.url, [{ request: request.headers, response, receivedAt: now() }, ...others]);
  }

  /** Section 4.2. */
  #isFresh({ response: { headers }, receivedAt }: StoredResponse): boolean {
    const says = directives(headers['cache-control']);
    if (says.has('no-cache')) return false;
    const seconds = (this.options.isShared ? says.get('s-maxage') : undefined) ?? says.get('max-age');
    const age = Number(headers['age'] ?? 0) + (this.options.now() - receivedAt) / 1_000;
    return age < (seconds === undefined ? GUESSED : Number(seconds));
  }
}

function directives(cacheControl: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    namesIn(cacheControl).map((directive) => {
      const [name = '', value = ''] = directive.split('=');
      return [name.trim(), value.trim()];
    }),
  );
}

function namesIn(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim().toLowerCase()]));
}

function normal(value: string | undefined): string | undefined {
  return value?.split(',').map((part) => part.trim()).join(',');
}
