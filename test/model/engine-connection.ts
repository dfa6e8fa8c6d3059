import type { LedgerConnection } from '../../src/cache/stores/redis-ledger.js';
import type { Outcome } from './network.js';
import type { RedisServer, ScriptReply } from './redis.js';
import type { WorldNode } from './world.js';

/** Pages of the script's report where the ledger is tiny: the bound that the engine asks for would never be reached. */
const TINY_PAGE = 2;

/** A Redis client of the engine's ledger, as far as the ledger needs one, on the world's network. */
export class SimulatedConnection implements LedgerConnection {
  constructor(private readonly node: WorldNode) {}

  async sendCommand(parts: readonly string[]): Promise<unknown> {
    const [name, script, , , ...args] = parts;
    const outcome = await this.#send((server) => {
      if (name === 'EVAL') server.scripts.add('ledger');
      // A server that was started a moment ago knows no script by its digest.
      return server.scripts.has('ledger') ? this.#runScript(server, args) : null;
    });
    if (!outcome.ok) throw new Error('the connection was lost');
    if (outcome.reply === null) throw new Error(`NOSCRIPT No matching script ${script}`);
    return outcome.reply;
  }

  /** Nobody is woken: syncs are begun by the world. */
  subscribe(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  #send<T>(run: (server: RedisServer) => T): Promise<Outcome<T>> {
    const { world, server } = this.node;
    return new Promise((settle) => world.network.send({ sender: this.node, server, run, settle }));
  }

  #runScript(server: RedisServer, args: readonly string[]): unknown[] {
    const { time, setting } = this.node.world;
    const [knownEpoch = '', knownPosition, cursor, , maxTags, page, , ...tags] = args;
    const reply = server.runScript({
      knownEpoch,
      knownPosition: Number(knownPosition),
      cursor: Number(cursor),
      maxTags: Number(maxTags),
      page: setting.tinyLedger ? TINY_PAGE : Number(page),
      tags,
    });
    return wireForm(reply, time + server.clockOffset);
  }
}

/** A reply as Redis sends it. */
function wireForm(reply: ScriptReply, milliseconds: number): unknown[] {
  return [
    reply.epoch,
    String(reply.position),
    String(milliseconds * 1000),
    String(reply.reached),
    reply.complete ? 1 : 0,
    reply.replaced.map(String),
    reply.reported.flatMap(([member, score]) => [member, String(score)]),
  ];
}
