export interface InvalidationArguments {
  readonly redisUrl: string;
  /** How many entries a tag covers. */
  readonly sizes: readonly number[];
  /** Invalidations of each tag. */
  readonly trials: number;
}

export interface InvalidationOfSize {
  readonly entries: number;
  /** Milliseconds until the invalidation is confirmed, one for each trial. */
  readonly milliseconds: readonly number[];
  /** Commands that Redis was sent for one, scripts' own included; the median. */
  readonly redisCommands: number;
}

/** Milliseconds, 99th percentile of each window: the process waited for with nothing to do, and while it invalidated. */
export interface EventLoopDelay {
  readonly without: readonly number[];
  readonly with: readonly number[];
}

export interface InvalidationResult {
  readonly sizes: readonly InvalidationOfSize[];
  readonly eventLoopDelay: EventLoopDelay;
}

export type InvalidationWord = { readonly say: 'filled'; readonly entries: number } | { readonly say: 'done'; readonly result: InvalidationResult } | { readonly say: 'failed'; readonly reason: string };
