import type { Observation, Read, SeenMedicine } from './observation.js';
import type { Register, Version } from './register.js';
import { REORDER_LEVEL, type MedicineState, type MedicineRow, type StockState } from './shelves.js';

/**
 * What an answer can be wrong by. `impossible`: it shows what no order of the writes could have left, such as a value
 * that was never written, halves of two versions, or a row that is missing from a list that it never left.
 */
export type Kind = 'same node' | 'strong read' | 'other node' | 'impossible' | 'lost invalidation';

export interface Finding {
  readonly kind: Kind;
  readonly what: string;
}

/** How long another node may take to show what was answered, in milliseconds. */
export const BOUND = 1000;

type Rule = 'same node' | 'strong read' | 'other node';
const RULES: readonly Rule[] = ['same node', 'strong read', 'other node'];

/** Whether a read must see a write. Writes to a row are ordered, so that it must then see the earlier ones, too. */
function isRequired(version: Version<unknown>, read: Read, rule: Rule): boolean {
  if (rule === 'strong read') return read.after.has(version);
  if (version.outcome !== 'answered' || version.end === null) return false;
  return rule === 'same node' ? version.node === read.node && version.end <= read.start : version.end + BOUND <= read.start;
}

function requiredIndex(register: Register<unknown>, read: Read, rule: Rule): number {
  return register.versions.findLastIndex((version) => isRequired(version, read, rule));
}

/** What is wrong with an answer by the history of the rows it shows; nothing when an order of the writes explains it. */
export function judge(seen: Observation, read: Read): readonly Finding[] {
  switch (seen.kind) {
    case 'medicine':
      return judgeRow(seen.of.medicine, read, { shown: show(seen.seen), matches: (state) => matches(state, seen.seen) });
    case 'stock':
      return judgeRow(seen.of.stock, read, { shown: String(seen.seen), matches: (state) => state.quantity === seen.seen });
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
      });
    case 'low stock':
      return judgeCount(seen.shelf.rows, read, {
        shown: seen.seen,
        what: `low stock of ${seen.shelf.tenant}`,
        registers: ({ medicine, stock }) => [medicine, stock],
        counts: ([medicine, stock]) => isLow(medicine as MedicineState, stock as StockState),
      });
  }
}

export function isLow(medicine: MedicineState, { quantity }: StockState): boolean {
  return medicine.exists && !medicine.discontinued && quantity !== null && quantity <= REORDER_LEVEL;
}

interface RowTest<State> {
  readonly shown: string;
  readonly matches: (state: State) => boolean;
}

function judgeRow<State>(register: Register<State>, read: Read, { shown, matches }: RowTest<State>): readonly Finding[] {
  const fitting = register.versions.findLast(({ state, start, outcome }) => outcome !== 'undone' && start < read.end && matches(state));
  if (fitting === undefined) return [impossible(`${register.name}: ${shown}, which is none of its versions`)];
  for (const rule of RULES) {
    const required = register.versions[requiredIndex(register, read, rule)];
    if (required !== undefined && fitting.index < required.index) return [{ kind: rule, what: stale(register, read, { fitting, required, shown }) }];
  }
  return [];
}

function stale(register: Register<unknown>, read: Read, { fitting, required, shown }: { fitting: Version<unknown>; required: Version<unknown>; shown: string }): string {
  const since = required.end === null ? '' : `, answered ${Math.round(read.start - required.end)} ms before the read began`;
  const by = required.node === null ? 'in SQL' : `on node ${required.node}${required.pending ? ' (pending)' : ''}`;
  return `${register.name}: node ${read.node} shows version ${fitting.index} (${shown}), not ${required.index} written ${by}${since}`;
}

interface CountTest {
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
        (states, register) => admissible(register, read, rules).flatMap((state) => states.map((before) => [...before, state])),
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

function admissible(register: Register<unknown>, read: Read, rules: readonly Rule[]): readonly unknown[] {
  const oldest = Math.max(0, ...rules.map((rule) => requiredIndex(register, read, rule)));
  return register.versions
    .slice(oldest)
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
