import { Connection, type Answer } from './connection.js';
import type { Amount, LoadOrder, LoadRequest, LoadResult, LoadWord } from './load-protocol.js';
import { cpuMicroseconds } from './process-cpu.js';

type Load = Extract<LoadOrder, { do: 'load' }>;

const GOOD = Buffer.from('{"data":{');

let prepared: readonly Buffer[] = [];

function toBytes({ headers, body }: LoadRequest): Buffer {
  const lines = Object.entries({ host: 'localhost', 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers });
  return Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/** Keeps every connection busy: first to warm the server up, then to measure it, without a pause in between. */
function load({ port, pid, connections: count, warm, measure, from }: Load): Promise<LoadResult> {
  return new Promise((resolve) => {
    let next = from;
    let answered = 0;
    let bytes = -1;
    let failure: string | null = null;
    let ended = false;
    const phase = { measuring: false, beganAt: performance.now(), cpu: 0, answered: 0 };
    const latencies: number[] = [];
    const connections: Connection[] = [];

    const isOver = (amount: Amount, now: number): boolean =>
      'seconds' in amount ? now - phase.beganAt >= amount.seconds * 1_000 : answered - phase.answered >= amount.requests;
    const end = (now: number): void => {
      if (ended) return;
      ended = true;
      const cpu = cpuMicroseconds(pid) - phase.cpu;
      const requests = answered - phase.answered;
      for (const connection of connections) connection.close();
      latencies.sort((a, b) => a - b);
      const quantile = (q: number): number => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? 0;
      const seconds = (now - phase.beganAt) / 1_000;
      resolve({ requests, seconds, cpuMicroseconds: cpu, p50: quantile(0.5), p99: quantile(0.99), bytes, failure });
    };
    const fail = (reason: string): void => {
      failure ??= reason;
      end(performance.now());
    };
    const check = ({ status, body }: Answer): void => {
      if (status !== 200) return fail(`status ${status}: ${body.toString('latin1', 0, 300)}`);
      // Compressed bytes and chunks are told by their length alone.
      if (body[0] === GOOD[0] && body.compare(GOOD, 0, GOOD.length, 0, GOOD.length) !== 0) fail(`no data: ${body.toString('utf8', 0, 300)}`);
      bytes = body.length;
    };
    const ask = (connection: Connection): void => {
      const request = prepared[next++ % prepared.length] as Buffer;
      const sentAt = performance.now();
      connection.send(request, (answer) => {
        const now = performance.now();
        answered++;
        check(answer);
        if (ended) return;
        if (phase.measuring) latencies.push(now - sentAt);
        if (isOver(phase.measuring ? measure : warm, now)) {
          if (phase.measuring) return end(now);
          Object.assign(phase, { measuring: true, beganAt: now, cpu: cpuMicroseconds(pid), answered });
        }
        ask(connection);
      });
    };
    for (let i = 0; i < count; i++) {
      const connection = new Connection(port, (error) => fail(error.message));
      connections.push(connection);
      ask(connection);
    }
  });
}

const say = (word: LoadWord): void => void process.send?.(word);
process.on('message', (order: LoadOrder) => {
  if (order.do === 'prepare') {
    prepared = order.requests.map(toBytes);
    say({ say: 'prepared' });
  } else {
    void load(order).then((result) => say({ say: 'loaded', result }));
  }
});
process.on('disconnect', () => process.exit(1));
