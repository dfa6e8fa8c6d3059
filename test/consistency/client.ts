import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Random } from '../model/random.js';
import type { Answer, Failure } from './http-client.js';
import { BOUND } from './judge.js';
import type { Read } from './observation.js';
import { listsOf, type Record } from './record.js';
import { answer, type Register, type Version } from './register.js';
import {
  askOf,
  categoriesRequest,
  listRequest,
  lowStockRequest,
  medicineRequest,
  stockChangeRequest,
  stockRequest,
  updateRequest,
  type MedicineChange,
  type ReadRequest,
  type WriteRequest,
} from './requests.js';
import { resolveOutcome } from './resolve-outcome.js';
import { SEARCHED, REORDER_LEVEL, type MedicineRow, type MedicineState, type Shelf, type StockState } from './shelves.js';
import type { SqlWriter } from './sql-writer.js';
import type { World } from './world.js';

export interface ClientOptions {
  readonly index: number;
  readonly world: World;
  readonly record: Record;
  readonly random: Random;
  readonly tokens: Readonly<{ [tenant: string]: string }>;
  readonly sql: postgres.Sql;
  readonly sqlWriter: SqlWriter;
  /** Rows that are fought over now. */
  readonly hot: () => readonly MedicineRow[];
  /** Answered writes that strong reads may ask to see, shared by all clients. */
  readonly answered: AnsweredWrite[];
}

export interface AnsweredWrite {
  readonly row: MedicineRow;
  readonly shelf: Shelf;
  readonly version: Version<unknown>;
  readonly of: 'medicine' | 'stock';
}

const REMEMBERED = 60;
/** After a refused or failed request: a client that cannot get through does not hammer. */
const REST = 20;
const ELSEWHERE = 500;

/** One user: one request after the other, drawn from a seeded source of chance. */
export class Client {
  readonly #home: number;
  #elsewhereUntil = -Infinity;

  constructor(private readonly options: ClientOptions) {
    this.#home = options.index % options.world.places.length;
  }

  async step(): Promise<void> {
    const { random, sqlWriter } = this.options;
    const chance = random.next();
    if (chance < 0.12) await this.#writeMedicine();
    else if (chance < 0.19) await this.#writeStock();
    else if (chance < 0.205) await sqlWriter.write(random, this.#row());
    else if (chance < 0.325) await this.#strongRead();
    else await this.#read(this.#someRequest(), this.#someNode());
  }

  #someNode(): number {
    const { random, world } = this.options;
    const node = random.chance(0.8) ? this.#home : random.below(world.places.length);
    return performance.now() < this.#elsewhereUntil ? (this.#home + 1) % world.places.length : node;
  }

  /** As a load balancer would: for a while, requests go to a node that answers. */
  #avoid(node: number): void {
    if (node === this.#home) this.#elsewhereUntil = performance.now() + ELSEWHERE;
  }

  #anotherNode(): number {
    const { random, world } = this.options;
    return (this.#home + 1 + random.below(Math.max(1, world.places.length - 1))) % world.places.length;
  }

  #row(): MedicineRow {
    const { random, hot, world } = this.options;
    return random.chance(0.8) ? random.pick(hot()) : random.pick(random.pick(world.shelves).rows);
  }

  #shelfOf(row: MedicineRow): Shelf {
    const shelf = this.options.world.shelves.find(({ tenant }) => tenant === row.tenant);
    if (shelf === undefined) throw new Error(`${row.id} lies on no shelf`);
    return shelf;
  }

  #someRequest(): ReadRequest {
    return this.#requestAbout(this.#row());
  }

  #requestAbout(row: MedicineRow): ReadRequest {
    const { random } = this.options;
    const shelf = this.#shelfOf(row);
    const chance = random.next();
    if (chance < 0.42) return medicineRequest(row);
    if (chance < 0.64) return stockRequest(row);
    if (chance < 0.88) {
      const lists = shelf.lists.filter(({ contains }) => contains(row.medicine.latest.state));
      return listRequest(shelf, random.pick(random.chance(0.7) && lists.length > 0 ? lists : shelf.lists), random.pick(['rows', 'count', 'both']));
    }
    return chance < 0.94 ? categoriesRequest(shelf) : lowStockRequest(shelf);
  }

  /** @returns whether there was an answer. */
  async #read(request: ReadRequest, node: number, after: readonly Version<unknown>[] = []): Promise<boolean> {
    const { world, record, tokens } = this.options;
    const start = performance.now();
    const ask = askOf(request, tokens[request.tenant] ?? '', after[0]?.position ?? null);
    const reply = await this.#ask(node, () => world.places[node]?.node.http.ask(ask));
    if (reply === null) return false;
    record.countRead(request.about, start);
    if (after.length > 0) record.strongReads++;
    record.judged(request.observe(reply.data), { node, start, end: performance.now(), after: new Set(after) });
    return true;
  }

  async #ask(node: number, send: () => Promise<Answer | Failure> | undefined): Promise<Answer | null> {
    const reply = (await send()) ?? { kind: 'refused', reason: `no node ${node}` };
    if (reply.kind === 'answer') return reply;
    this.#avoid(node);
    this.options.record.failed(reply.reason);
    await pause(REST);
    return null;
  }

  async #strongRead(): Promise<void> {
    const { random, answered } = this.options;
    if (answered.length === 0) return;
    // Mostly one of the latest: what has long been seen proves nothing.
    const recent = random.chance(0.8) ? answered.slice(-4) : answered;
    const write = random.pick(recent);
    if (write.version.position === null) return;
    const request = random.chance(0.4) ? (write.of === 'medicine' ? medicineRequest(write.row) : stockRequest(write.row)) : this.#requestAbout(write.row);
    await this.#read(request, random.below(this.options.world.places.length), [write.version]);
  }

  async #writeMedicine(): Promise<void> {
    const { random } = this.options;
    const row = this.#row();
    const before = row.medicine.latest.state;
    if (!before.exists || !row.medicine.lock()) return;
    const shelf = this.#shelfOf(row);
    const price = row.medicine.versions.length + 1;
    const change: MedicineChange = {
      price,
      ...(random.chance(0.35) ? { categoryId: random.pick(shelf.categoryIds) } : {}),
      ...(random.chance(0.25) ? { name: `${random.pick(['alpha', SEARCHED])} ${random.below(90) + 10}` } : {}),
      ...(random.chance(0.25) ? { discontinued: !before.discontinued } : {}),
    };
    const after: MedicineState = { ...before, ...change };
    await this.#write({ row, shelf, register: row.medicine, of: 'medicine' }, after, {
      request: updateRequest(row, change),
      about: [row.medicine.name, ...listsOf(shelf, [before, after])],
    });
  }

  async #writeStock(): Promise<void> {
    const { random } = this.options;
    const row = this.#row();
    const { quantity } = row.stock.latest.state;
    if (quantity === null || !row.medicine.latest.state.exists || !row.stock.lock()) return;
    const shelf = this.#shelfOf(row);
    const lately = new Set(row.stock.versions.slice(-100).map(({ state }) => state.quantity));
    let next = quantity;
    // Across the reorder level and back, and never a number that it was before.
    while (lately.has(next)) next = random.chance(0.4) ? random.below(REORDER_LEVEL) : REORDER_LEVEL + 1 + random.below(100_000);
    await this.#write<StockState>({ row, shelf, register: row.stock, of: 'stock' }, { quantity: next }, {
      request: stockChangeRequest(row, next - quantity),
      about: [row.stock.name, ...listsOf(shelf, [])],
    });
  }

  /** The register is locked by the caller, and unlocked when it is certain what the row holds. */
  async #write<State>(
    { row, shelf, register, of }: { row: MedicineRow; shelf: Shelf; register: Register<State>; of: AnsweredWrite['of'] },
    state: State,
    { request, about }: { request: WriteRequest; about: readonly string[] },
  ): Promise<void> {
    const { world, record, tokens, random, sql, answered } = this.options;
    const node = this.#someNode();
    const written = record.writing(about);
    const version = register.begin(state, node, performance.now());
    const reply = await world.places[node]?.node.http.ask(askOf(request, tokens[request.tenant] ?? ''));
    written();
    if (reply?.kind !== 'answer') {
      this.#avoid(node);
      record.failed(`mutation: ${reply?.reason ?? 'no node'}`);
      version.outcome = reply === undefined || reply.kind === 'refused' ? 'undone' : 'unknown';
      // Not awaited: whoever sent it goes on, and the row rests.
      void resolveOutcome(sql, row, version).finally(() => register.unlock());
      await pause(REST);
      return;
    }
    answer(version, performance.now(), reply);
    record.mutations++;
    register.unlock();
    if (reply.pending) record.pending++;
    // The reply shows what the mutation left, as if it had been read afterwards.
    const end = performance.now();
    record.judged(request.observe(reply.data), { node, start: end, end, after: new Set() });
    answered.push({ row, shelf, version, of });
    if (answered.length > REMEMBERED) answered.shift();
    if (random.chance(0.5)) await this.#read(random.chance(0.5) ? this.#rowRequest(row, of) : this.#requestAbout(row), node);
    if (random.chance(0.15) && world.places.length > 1) await this.#follow(register, version, this.#rowRequest(row, of));
  }

  #rowRequest(row: MedicineRow, of: AnsweredWrite['of']): ReadRequest {
    return of === 'medicine' ? medicineRequest(row) : stockRequest(row);
  }

  /** Asks another node until it shows what was answered: how long that takes is the lag. */
  async #follow<State>(register: Register<State>, version: Version<State>, request: ReadRequest): Promise<void> {
    const { world, record, tokens } = this.options;
    const node = this.#anotherNode();
    const answeredAt = version.end ?? performance.now();
    let lacking = 0;
    while (performance.now() - answeredAt < 2 * BOUND) {
      const start = performance.now();
      const reply = await this.#ask(node, () => world.places[node]?.node.http.ask(askOf(request, tokens[request.tenant] ?? '')));
      if (reply === null) return;
      record.countRead(request.about, start);
      const read: Read = { node, start, end: performance.now(), after: new Set() };
      const observations = request.observe(reply.data);
      record.judged(observations, read);
      const isSeen = register.latest.index > version.index || this.#shows(observations, version);
      if (isSeen) {
        if (register.latest.index === version.index) record.lags.push(lacking);
        return;
      }
      // How late a read can begin and still lack it: a process that was stopped answers late, and is not behind.
      lacking = start - answeredAt;
      await pause(2);
    }
  }

  #shows(observations: ReturnType<ReadRequest['observe']>, { state }: Version<unknown>): boolean {
    return observations.some((seen) => {
      if (seen.kind === 'stock') return seen.seen === (state as StockState).quantity;
      return seen.kind === 'medicine' && seen.seen?.price === (state as MedicineState).price;
    });
  }
}
