/** One HTTP request, as it is sent. */
export interface LoadRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How much is sent: for a time, or each of the next requests once. */
export type Amount = { readonly seconds: number } | { readonly requests: number };

/** What the runner orders. Requests are taken in turn from where the last order ended. */
export type LoadOrder =
  | { readonly do: 'prepare'; readonly requests: readonly LoadRequest[] }
  | { readonly do: 'load'; readonly port: number; readonly pid: number; readonly connections: number; readonly warm: Amount; readonly measure: Amount; readonly from: number };

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Of the server process, all its threads, as the operating system counts it. */
  readonly cpuMicroseconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes of an answer's body. */
  readonly bytes: number;
  /** What went wrong first, where something did: then the figures are worth nothing. */
  readonly failure: string | null;
}

export type LoadWord = { readonly say: 'prepared' } | { readonly say: 'loaded'; readonly result: LoadResult };
