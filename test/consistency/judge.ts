import type { Observation, Read, SeenMedicine } from './observation.js';
import type { Register, Version } from './register.js';
import { REORDER_LEVEL, type MedicineState, type MedicineRow, type StockState } from './shelves.js';

/**
 * What an answer can be wrong by. `impossible`: it shows what no order of the writes could have left, such as a value
 * that was never written, halves of two versions, or a row that is missing from a list that it never left.
 */
export type Kind = 'same node' | 'strong read' | 'other node' | 'impossible' | 'lost invalidation' | 'no recovery' | 'divergence';

export interface Finding {
  readonly kind: Kind;
  readonly what: string;
}

/** How long another node may take to show what was answered, in milliseconds. */
export const BOUND = 1000;

type Rule = 'same node' | 'strong read' | 'other node';
const RULES: readonly Rule[] = ['same node', 'strong read', 'other node'];

/** Whether a read must see a write, for its own sake. */
function isRequired(version: Version<unknown>, read: Read, rule: Rule): boolean {
  if (rule === 'strong read') return read.after.has(version);
  if (version.outcome !== 'answered' || version.end === null) return false;
  return rule === 'same node' ? version.node === read.node && version.end <= read.start : version.end + BOUND <= read.start;
}

interface Requirement<State> {
  readonly rule: Rule;
  /** Whether a change from one state to the other shows. */
  readonly concerns: (state: State, before: State) => boolean;
  /** What is shown: only what was written later can be missing. */
  readonly shown: number;
}

/**
 * The last write to a row that a read must see by a rule, of those that concern what it shows and are later than that. A
 * write that must be seen brings those before it along: at least all that had a place in the same ledger before it. What
 * went past the ledger (statements in SQL, pending invalidations, another epoch) follows within the bound of its own.
 */
function missing<State>(register: Register<State>, read: Read, { rule, concerns, shown }: Requirement<State>): Version<State> | undefined {
  const last = lastRequired(register, read, { rule, shown });
  if (last === undefined) return undefined;
  return lastAbove(register, shown, (version) => {
    if (version.index > last.index || version.outcome === 'undone') return false;
    const comesAlong = rule === 'other node' || isRequired(version, read, rule) || hasPlaceBefore(version, last);
    return comesAlong && concerns(version.state, before(register, version));
  });
}

function lastRequired<State>(register: Register<State>, read: Read, { rule, shown }: Pick<Requirement<State>, 'rule' | 'shown'>): Version<State> | undefined {
  if (rule === 'strong read' && read.after.size === 0) return undefined;
  return lastAbove(register, shown, (version) => isRequired(version, read, rule));
}

/** From the end, and no further than has to be: histories get long, and what is asked for is nearly always recent. */
function lastAbove<State>({ versions }: Register<State>, index: number, is: (version: Version<State>) => boolean): Version<State> | undefined {
  for (let at = versions.length - 1; at > index; at--) {
    const version = versions[at];
    if (version !== undefined && is(version)) return version;
  }
  return undefined;
}

function hasPlaceBefore(version: Version<unknown>, last: Version<unknown>): boolean {
  const epoch = epochOf(version);
  return !version.pending && epoch !== null && epoch === epochOf(last);
}

function epochOf({ position }: Version<unknown>): string | null {
  return position === null || !position.includes(':') ? null : position.slice(0, position.indexOf(':'));
}

function before<State>({ versions }: Register<State>, { index, state }: Version<State>): State {
  for (let at = index - 1; at >= 0; at--) {
    const version = versions[at];
    if (version !== undefined && version.outcome !== 'undone') return version.state;
  }
  return state;
}

/** What is wrong with an answer by the history of the rows it shows; nothing when an order of the writes explains it. */
export function judge(seen: Observation, read: Read): readonly Finding[] {
  switch (seen.kind) {
    case 'medicine':
      return judgeRow(seen.of.medicine, read, { shown: show(seen.seen), matches: (state) => matches(state, seen.seen), concerns: always });
    case 'stock':
      return judgeRow(seen.of.stock, read, { shown: String(seen.seen), matches: (state) => state.quantity === seen.seen, concerns: always });
    case 'list': {
      const shown = new Map(seen.seen.map((row) => [row.id, row]));
      const unknown = seen.seen.filter(({ id }) => !seen.shelf.rows.some((row) => row.id === id));
      const twice = shown.size === seen.seen.length ? [] : [impossible(`${seen.of.key} shows a row twice`)];
      return [
        ...twice,
        ...unknown.map(({ id }) => impossible(`${seen.of.key} shows ${id}, which was never there`)),
        ...seen.shelf.rows.flatMap(({ id, medicine }) => {
          const row = shown.get(id);
          return judgeRow(medicine, read, {
            shown: `${seen.of.key} ${row === undefined ? 'lacks it' : `shows ${show(row)}`}`,
            matches: (state) => (row === undefined ? !seen.of.contains(state) : matches(state, row) && seen.of.contains(state)),
            concerns: (state, earlier) => seen.of.contains(state) || seen.of.contains(earlier),
          });
        }),
      ];
    }
    case 'count':
      return judgeCount(seen.shelf.rows, read, {
        shown: seen.seen,
        what: `count of ${seen.of.key}`,
        registers: ({ medicine }) => [medicine],
        counts: ([state]) => seen.of.contains(state as MedicineState),
        concerns: (state, earlier) => seen.of.contains(state as MedicineState) !== seen.of.contains(earlier as MedicineState),
      });
    case 'low stock':
      return judgeCount(seen.shelf.rows, read, {
        shown: seen.seen,
        what: `low stock of ${seen.shelf.tenant}`,
        registers: ({ medicine, stock }) => [medicine, stock],
        counts: ([medicine, stock]) => isLow(medicine as MedicineState, stock as StockState),
        concerns: always,
      });
  }
}

export function isLow(medicine: MedicineState, { quantity }: StockState): boolean {
  return medicine.exists && !medicine.discontinued && quantity !== null && quantity <= REORDER_LEVEL;
}

const always = (): boolean => true;

interface RowTest<State> extends Pick<Requirement<State>, 'concerns'> {
  readonly shown: string;
  readonly matches: (state: State) => boolean;
}

function judgeRow<State>(register: Register<State>, read: Read, { shown, matches, concerns }: RowTest<State>): readonly Finding[] {
  const fitting = register.versions.findLast(({ state, start, outcome }) => outcome !== 'undone' && start < read.end && matches(state));
  if (fitting === undefined) return [impossible(`${register.name}: ${shown}, which is none of its versions`)];
  for (const rule of RULES) {
    const required = missing(register, read, { rule, concerns, shown: fitting.index });
    if (required !== undefined) return [{ kind: rule, what: stale(register, read, { fitting, required, shown }) }];
  }
  return [];
}

function stale(register: Register<unknown>, read: Read, { fitting, required, shown }: { fitting: Version<unknown>; required: Version<unknown>; shown: string }): string {
  const since = required.end === null ? '' : `, answered ${Math.round(read.start - required.end)} ms before the read began, which took ${Math.round(read.end - read.start)} ms`;
  const by = required.node === null ? 'in SQL' : `on node ${required.node}${required.pending ? ' (pending)' : ''}`;
  const history = register.versions
    .slice(fitting.index, fitting.index + 8)
    .map(({ index, node, start, end, outcome, pending, position }) => `${index} by ${node ?? 'SQL'} ${outcome}${pending ? ' pending' : ''} ${ago(read, start)} to ${end === null ? '?' : ago(read, end)} at ${position ?? '-'}`);
  return `${register.name}: node ${read.node} shows version ${fitting.index} (${shown}), not ${required.index} written ${by}${since}; history: ${history.join('; ')}`;
}

interface CountTest extends Pick<Requirement<unknown>, 'concerns'> {
  readonly shown: number;
  readonly what: string;
  readonly registers: (row: MedicineRow) => readonly Register<unknown>[];
  readonly counts: (states: readonly unknown[]) => boolean;
}

/** A count is right when the rows that certainly count are no more than it says, and those that may count no fewer. */
function judgeCount(rows: readonly MedicineRow[], read: Read, test: CountTest): readonly Finding[] {
  const range = (rules: readonly Rule[]): readonly [number, number] => {
    let least = 0;
    let most = 0;
    for (const row of rows) {
      const combinations = test.registers(row).reduce<unknown[][]>(
        (states, register) => admissible(register, read, { rules, concerns: test.concerns }).flatMap((state) => states.map((before) => [...before, state])),
        [[]],
      );
      const counted = combinations.map((states) => test.counts(states));
      if (counted.every(Boolean)) least++;
      if (counted.some(Boolean)) most++;
    }
    return [least, most];
  };
  const isPossible = (rules: readonly Rule[]): boolean => {
    const [least, most] = range(rules);
    return test.shown >= least && test.shown <= most;
  };
  if (isPossible(RULES)) return [];
  const what = `${test.what}: node ${read.node} shows ${test.shown}, not ${range(RULES).join(' to ')}; ${latestChanges(rows, read, test)}`;
  if (!isPossible([])) return [impossible(what)];
  // When only all rules together refuse it, the widest one is named.
  return [{ kind: RULES.find((rule) => !isPossible([rule])) ?? 'other node', what }];
}

/** The changes that a wrong count most likely lacks. */
function latestChanges(rows: readonly MedicineRow[], read: Read, test: CountTest): string {
  const changes = rows.flatMap((row) =>
    test.registers(row).flatMap((register) =>
      register.versions.slice(-4).flatMap(({ index, node, start, end, outcome, pending }) =>
        index === 0 || outcome === 'undone' ? [] : [{ start, text: `${register.name} ${index} by ${node ?? 'SQL'}${pending ? ' (pending)' : ''} ${outcome} ${ago(read, start)} to ${end === null ? '?' : ago(read, end)}` }],
      ),
    ),
  );
  return `changes: ${changes.sort((a, b) => b.start - a.start).slice(0, 8).map(({ text }) => text).join('; ')}`;
}

function ago(read: Read, time: number): string {
  return `${Math.round(read.start - time)} ms before`;
}

function admissible(register: Register<unknown>, read: Read, { rules, concerns }: { rules: readonly Rule[]; concerns: CountTest['concerns'] }): readonly unknown[] {
  // What other nodes have to show by now, they show with all that was before: no older state counts otherwise.
  const shown = (rules.includes('other node') ? lastRequired(register, read, { rule: 'other node', shown: 0 })?.index : undefined) ?? 0;
  const oldest = rules.map((rule) => missing(register, read, { rule, concerns, shown })?.index ?? shown);
  return register.versions
    .slice(Math.max(shown, ...oldest))
    .filter(({ start, outcome }) => outcome !== 'undone' && start < read.end)
    .map(({ state }) => state);
}

function matches(state: MedicineState, seen: SeenMedicine | null): boolean {
  if (seen === null) return !state.exists;
  return (
    state.exists &&
    state.price === seen.price &&
    state.name === seen.name &&
    state.categoryId === seen.categoryId &&
    state.rank === seen.rank &&
    state.discontinued === seen.discontinued
  );
}

function show(seen: SeenMedicine | null): string {
  return seen === null ? 'nothing' : `price ${seen.price}, ${seen.name}, category ${seen.categoryId.slice(0, 4)}, rank ${seen.rank ?? '-'}${seen.discontinued ? ', discontinued' : ''}`;
}

function impossible(what: string): Finding {
  return { kind: 'impossible', what };
}
