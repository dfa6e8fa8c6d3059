/** How long a load takes, in milliseconds. */
export const LOAD_MS = 100;

export type StampedeOrder = { readonly do: 'start'; readonly databaseUrl: string; readonly redisUrl: string; readonly prefix: string };

export type StampedeWord = { readonly say: 'listening'; readonly port: number } | { readonly say: 'load'; readonly key: string };

/** What became of one cold key that everybody asked for at once. */
export interface StampedeTrial {
  readonly loads: number;
  /** Milliseconds until each reader had its answer, those of a killed process left out. */
  readonly milliseconds: readonly number[];
  readonly failed: number;
}

export interface StampedeResult {
  readonly processes: number;
  readonly readers: number;
  readonly trials: readonly StampedeTrial[];
  /** The same, and the process that loads is killed in the middle of it. */
  readonly killed: readonly StampedeTrial[];
}
