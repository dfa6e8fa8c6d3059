/** Statements as the database was sent them. */
export interface Sent {
  /** Transaction control, and the settings that say on whose behalf. */
  readonly control: readonly string[];
  /** Reads of domain tables. */
  readonly selects: readonly string[];
  /** Writes of domain tables. */
  readonly writes: readonly string[];
  /** What concerns the outbox and the predicates of other versions: read back by transactions, polled by the relay whenever it is time. */
  readonly outbox: readonly string[];
}

const CONTROL = /^(begin|commit|rollback|set |savepoint|release|select 1$)/i;
const OUTBOX = /\b(from|into|update) ("?cache_predicates|outbox)/;

/** Records the statements that a database is sent. */
export class Statements {
  #all: string[] = [];

  readonly record = (statement: string): void => {
    this.#all.push(statement);
  };

  /** What has been sent since the last call. */
  take(): Sent {
    const all = this.#all.splice(0);
    const control = all.filter((statement) => CONTROL.test(statement));
    const outbox = all.filter((statement) => OUTBOX.test(statement));
    const domain = all.filter((statement) => !CONTROL.test(statement) && !OUTBOX.test(statement));
    const isRead = (statement: string): boolean => /^select/i.test(statement);
    return { control, outbox, selects: domain.filter(isRead), writes: domain.filter((statement) => !isRead(statement)) };
  }

  async during(work: () => Promise<unknown>): Promise<Sent> {
    this.take();
    await work();
    return this.take();
  }
}
