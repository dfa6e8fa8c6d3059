/** What kind of world a seed makes: all kinds come in turn. */
export interface Setting {
  /** Entries live on other servers than the ledger, and outlive its fail-over. */
  readonly cluster: boolean;
  /** After a fail-over, the old master may stay up, and some nodes with it. */
  readonly splitBrain: boolean;
  /** The ledger is trimmed, and read in pages, all the time. */
  readonly tinyLedger: boolean;
  /** How many commands get lost on their way. */
  readonly lossRate: number;
  /** How many take long. */
  readonly slowRate: number;
  /** Milliseconds by which time goes on, now and then. */
  readonly tick: number;
}

export function settingOf(seed: number): Setting {
  const has = (bit: number): boolean => (seed & bit) > 0;
  return {
    cluster: has(1),
    splitBrain: has(2),
    tinyLedger: has(4),
    lossRate: has(8) ? 0.25 : 0.03,
    slowRate: has(16) ? 0.25 : 0.05,
    tick: has(32) ? 20 : 40,
  };
}
