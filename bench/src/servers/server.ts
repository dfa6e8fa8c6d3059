// The modules' classes carry decorators, whichever server reads through them.
import 'reflect-metadata';
import type { Order, Running, ServerArguments, ServerKind, StartServer, Word } from './server-protocol.js';
import { WorkCounter } from './count-work.js';

/** Only what a server needs is loaded. */
async function starter(kind: ServerKind): Promise<StartServer> {
  if (kind.startsWith('bare')) return (await import('./bare.js')).startBare;
  if (kind.startsWith('apollo')) return (await import('./apollo.js')).startApollo;
  if (kind.startsWith('yoga')) return (await import('./yoga.js')).startYoga;
  if (kind.startsWith('mercurius')) return (await import('./mercurius.js')).startMercurius;
  if (kind.startsWith('larder-http')) return (await import('./larder-http.js')).startLarderHttp;
  return (await import('./larder.js')).startLarder;
}

const say = (word: Word): void => void process.send?.(word);
let counter: WorkCounter | null = null;
let running: Running | null = null;

async function start(args: ServerArguments): Promise<void> {
  counter = args.counting ? new WorkCounter(Number(new URL(args.redisUrl).port)) : null;
  const startIt = await starter(args.kind);
  running = await startIt(args, counter?.onQuery ?? (() => undefined));
  say({ say: 'listening', port: running.port });
}

process.on('message', (order: Order) => {
  if (order.do === 'start') void start(order.args);
  if (order.do === 'count') say({ say: 'counted', requests: counter?.take() ?? [] });
  if (order.do === 'stop') void running?.close().finally(() => process.exit(0));
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));
