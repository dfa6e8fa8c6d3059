import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../model/random.js';
import { Client, type AnsweredWrite } from './client.js';
import { compareWithDatabase } from './compare.js';
import { hotRows } from './hot-rows.js';
import { openWorld } from './open-world.js';
import type { Options } from './options.js';
import { progressLine } from './report.js';
import { Record } from './record.js';
import { runSchedule } from './schedule.js';
import { SqlWriter } from './sql-writer.js';

const PROGRESS_EVERY = 5_000;

/** Lets clients work on several nodes while faults are injected, and judges every answer. */
export async function check(options: Options, print: (line: string) => void): Promise<Record> {
  print(`starting PostgreSQL, Redis and ${options.nodes} nodes`);
  const { world, tokens, close } = await openWorld(options);
  try {
    const { sql } = world;
    const record = new Record();
    const sqlWriter = new SqlWriter(sql, record, world.shelves);
    await sqlWriter.open();
    const hot = hotRows(world.shelves, options.seed, record.began);
    const answered: AnsweredWrite[] = [];
    const gate = new Gate();
    const clients = Array.from({ length: options.clients }, (_, index) => {
      const random = new Random(options.seed * 1_000 + index);
      return new Client({ index, world, record, random, tokens, sql, sqlWriter, hot, answered });
    });
    for (const { node } of world.places) node.onDiverged = (what) => record.found({ kind: 'divergence', what: `node ${node.index}: ${what}` });
    const running = clients.map((client) => gate.run(() => client.step()));
    const registers = world.shelves.flatMap(({ rows }) => rows.flatMap(({ medicine, stock }) => [medicine, stock]));
    const pauseClients = async (): Promise<void> => {
      await gate.close();
      // Rows whose last write got no answer rest until the database has been asked.
      while (registers.some(({ isLocked }) => isLocked)) await pause(20);
    };
    const progress = setInterval(() => print(progressLine(record)), PROGRESS_EVERY);
    try {
      await runSchedule({
        world,
        record,
        sql,
        tokens,
        faults: options.faults,
        random: new Random(options.seed),
        until: record.began + options.seconds * 1_000,
        hasEnough: () => options.untilViolation && record.violations.length > 0,
        pauseClients,
        resumeClients: () => gate.open(),
        onFault: (name) => print(`  ${Math.round((performance.now() - record.began) / 1_000)} s  ${name}`),
      });
      await pauseClients();
      await compareWithDatabase({ world, record, sql, tokens });
      for (const { node } of world.places) {
        const report = await node.report();
        record.hits += report?.hits ?? 0;
        record.misses += report?.misses ?? 0;
        record.compared += report?.compared ?? 0;
      }
    } finally {
      clearInterval(progress);
      gate.end();
      await Promise.race([Promise.all(running), pause(5_000)]);
    }
    return record;
  } finally {
    await close();
  }
}

/** Lets work go on, step by step, or makes everybody wait. */
class Gate {
  #open: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  #ended = false;
  #working = 0;

  async run(step: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#open;
      if (this.#ended) return;
      this.#working++;
      try {
        await step();
      } finally {
        this.#working--;
      }
    }
  }

  /** Resolves when nobody is working. */
  async close(): Promise<void> {
    this.#open = new Promise((resolve) => (this.#release = resolve));
    while (this.#working > 0) await pause(5);
  }

  open(): void {
    this.#release();
  }

  end(): void {
    this.#ended = true;
    this.open();
  }
}
