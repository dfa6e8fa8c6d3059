import { Histogram, type Registry } from 'prom-client';

/** A request that was answered, as far as it is counted. */
export interface MeasuredRequest {
  readonly method: string;
  /** One of the server's, never an address as it was asked for: clients cannot make new ones. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** From a hit to the longest that a request may take, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const NAME = 'larder_http_request_duration_seconds';
const HELP = 'Time from the first byte of a request to the last of its answer.';

type Labels = 'method' | 'route' | 'status' | 'le';
type Told = Awaited<ReturnType<Histogram<Labels>['get']>>;

/** Requests with the same labels. */
interface Series {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number };
  /** How many took at most as long as a bucket says, and longer than the one before; at the end, those that took longer still. */
  readonly counts: number[];
  /** Seconds. */
  sum: number;
}

/**
 * What HTTP takes, by route and status. Counted here, since every hit is, and told by the library's histogram, for which it is
 * read: finding a series by its labels costs that one more than the whole cache look-up.
 */
export class RequestDurations extends Histogram<Labels> {
  // Found once for each combination, of which there are few: by status in a list, by method, by route.
  readonly #series = new Map<string, Map<string, Series[]>>();

  constructor(registry: Registry) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
  }

  measure({ method, route, status, milliseconds }: MeasuredRequest): void {
    const series = (this.#withStatus(route, method)[status] ??= { labels: { method, route, status }, counts: new Array<number>(BUCKETS.length + 1).fill(0), sum: 0 });
    const seconds = milliseconds / 1_000;
    let at = 0;
    while (at < BUCKETS.length && seconds > (BUCKETS[at] as number)) at++;
    series.counts[at] = (series.counts[at] as number) + 1;
    series.sum += seconds;
  }

  override get(): Promise<Told> {
    const all = [...this.#series.values()].flatMap((byMethod) => [...byMethod.values()].flatMap((byStatus) => Object.values(byStatus)));
    // Declared by the library and not exported: the type is a name.
    return Promise.resolve({ name: NAME, help: HELP, type: 'histogram', aggregator: 'sum', values: all.flatMap(valuesOf) } as unknown as Told);
  }

  /** As the registry asks for it. */
  getForPromString(): Promise<Told> {
    return this.get();
  }

  #withStatus(route: string, method: string): Series[] {
    let byMethod = this.#series.get(route);
    if (byMethod === undefined) this.#series.set(route, (byMethod = new Map<string, Series[]>()));
    let byStatus = byMethod.get(method);
    if (byStatus === undefined) byMethod.set(method, (byStatus = []));
    return byStatus;
  }
}

/** Each bucket contains those below it. */
function valuesOf({ labels, counts, sum }: Series) {
  let count = 0;
  const buckets = counts.map((of, at) => ({ metricName: `${NAME}_bucket`, labels: { ...labels, le: BUCKETS[at] ?? '+Inf' }, value: (count += of) }));
  return [...buckets, { metricName: `${NAME}_sum`, labels, value: sum }, { metricName: `${NAME}_count`, labels, value: count }];
}
