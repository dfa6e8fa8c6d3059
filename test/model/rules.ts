/**
 * The rules that keep the ledger right, each under the name of the mistake of leaving it out, with the invariant that
 * rests on it. A world is played with all of them, or without some, to show that each is needed.
 */
export const RULES = {
  replid: { invariant: 'F5', rule: 'a changed server identity begins a new epoch' },
  keeppos: { invariant: 'F5', rule: 'in a new epoch a node takes the position of the reply, never the larger of both' },
  maxseen: { invariant: 'F1', rule: 'a copy is a gapless prefix and never jumps to the position that its own write returned' },
  flag: { invariant: 'F4', rule: 'an outbox row is marked with the epoch it was applied under, not with a mere yes' },
  nojudge: { invariant: 'F2', rule: 'who joins a flight judges its entry by a copy no older than its own start' },
  stampend: { invariant: 'F1', rule: 'the stamp is taken before the read, not at its end' },
  epochatstore: { invariant: 'F1', rule: 'the epoch of the stamp is that of the start, not of the time of storing' },
  lateclear: { invariant: 'F3', rule: 'a pending tag is unreadable until a poll that began after its row was marked', from: 450 },
  nopending: { invariant: 'F3', rule: 'the tags of a mutation that the ledger did not answer are unreadable on its node' },
  notrust: { invariant: 'F3', rule: 'stored entries are served only within a second of the last completed sync and poll' },
  nopolltrust: { invariant: 'F4', rule: 'a copy is trusted only after a poll of the outbox in its epoch, too' },
  revisit: { invariant: 'F5', rule: 'a poll counts only if its node has not left the epoch and come back meanwhile', from: 220 },
  nofloor: { invariant: 'F5', rule: 'entries stamped below what was trimmed from the ledger are invalid' },
} as const satisfies Record<string, Rule>;

interface Rule {
  readonly invariant: 'F1' | 'F2' | 'F3' | 'F4' | 'F5';
  readonly rule: string;
  /** For what takes rare luck to see: a seed soon after which a world shows it. */
  readonly from?: number;
}

export type Omission = keyof typeof RULES;

export const OMISSIONS = Object.entries(RULES).map(([name, rule]: [string, Rule]) => ({
  name: name as Omission,
  from: 0,
  ...rule,
}));

/** Which rules a world is played without. */
export type Without = ReadonlySet<Omission>;
