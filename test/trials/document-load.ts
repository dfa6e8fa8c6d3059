import { TrialClient, type Sent } from './http.js';

export interface LoadOrder {
  readonly port: number;
  readonly phase: Phase;
}

export interface LoadReport {
  readonly sent: number;
  /** Of each request: `answered`, or a code. */
  readonly outcomes: readonly string[];
  readonly seconds: number;
}

export type Phase = keyof typeof PHASES;

const FIELDS = 'id slug name currency languages defaultLanguage';

/** What is sent: so many bodies, each so often in succession. */
export const PHASES = {
  refused: { what: '5,000 documents of 6 KB with 29 x 24 fields', count: 5_000, times: 1, body: manyFields },
  large: { what: '5,000 distinct documents of 6 KB, each twice', count: 5_000, times: 2, body: large },
  small: { what: '55,000 distinct small documents, each twice', count: 55_000, times: 2, body: (k: number): Sent => ({ query: `query Q${k} { tenant { a${k}: slug } }` }) },
  variables: { what: '100,000 junk variables', count: 100_000, times: 1, body: junk },
} as const;

const CONNECTIONS = 8;

/** 24 fields under each of 29 aliases. */
export function manyFields(k: number): Sent {
  const fields = `${FIELDS} `.repeat(4).trim();
  return { query: `query Q${k} { ${Array.from({ length: 29 }, (_, at) => `b${at}: tenant { ${fields} }`).join(' ')} }` };
}

/** 6 KB within the limits: 28 aliases with 16 fields each, every name of which differs from one document to the next. */
export function large(k: number): Sent {
  const fields = `${FIELDS} ${FIELDS} id slug name currency`;
  const parts = Array.from({ length: 28 }, (_, at) => `${`answerOfDocument${k}`.padEnd(70, `x${at}y`)}_${at}: tenant { ${fields} }`);
  return { query: `query Q${k} { ${parts.join(' ')} }` };
}

/** Half of them declared and of a row that does not exist, half of them undeclared. */
function junk(k: number): Sent {
  if (k % 2 === 0) return { query: 'query ($id: ID!) { medicine(id: $id) { name } }', variables: { id: `junk-${k}` } };
  return { query: '{ tenant { slug } }', variables: { [`junk${k}`]: { value: `${k}`.repeat(20) } } };
}

/** Sends over several connections, one request at a time on each; ends early when the connections break. */
async function sendAll({ port, phase }: LoadOrder): Promise<LoadReport> {
  const { count, times, body } = PHASES[phase];
  const began = performance.now();
  const outcomes: string[] = [];
  let next = 0;
  let isBroken = false;
  const say = setInterval(() => process.send?.(outcomes.length), 1_000);
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new TrialClient(port, { connections: 1 });
      while (next < count && !isBroken) {
        const sent = body(next++);
        for (let time = 0; time < times && !isBroken; time++) {
          const outcome = await client.send(sent);
          isBroken ||= outcome.isBroken;
          outcomes.push(outcome.code ?? 'answered');
        }
      }
      client.close();
    }),
  );
  clearInterval(say);
  return { sent: outcomes.length, outcomes, seconds: (performance.now() - began) / 1000 };
}

const [, , order] = process.argv;
if (process.send !== undefined && order?.startsWith('{') === true) {
  process.on('disconnect', () => process.exit());
  process.send(await sendAll(JSON.parse(order) as LoadOrder));
}
