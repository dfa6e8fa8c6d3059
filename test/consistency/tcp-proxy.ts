import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `passing`: bytes go through. `cut`: connections are refused, and those there were are broken. `silent`: connections
 * stand and no byte goes through, as when a network is divided.
 */
export type ProxyState = 'passing' | 'cut' | 'silent';

/** What stands between a node and a server, so that it can be led elsewhere or cut off without the node's knowing. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #state: ProxyState = 'passing';

  private constructor(private target: number) {
    this.#server = createServer({ noDelay: true }, (near) => this.#accept(near));
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return address.port;
  }

  /** Leads to another server; connections to the last one are broken. */
  point(target: number): void {
    this.target = target;
    this.#breakAll();
  }

  become(state: ProxyState): void {
    if (state === this.#state) return;
    const before = this.#state;
    this.#state = state;
    // What was sent into the silence is lost, not delivered late.
    if (state === 'cut' || before === 'silent') this.#breakAll();
    if (state === 'silent') for (const pair of this.#pairs) silence(pair);
  }

  /** No byte goes through the connections that there are, as when a firewall forgot them; new ones work. */
  swallow(): void {
    for (const pair of this.#pairs) silence(pair);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#breakAll();
    await closed;
  }

  #accept(near: Socket): void {
    if (this.#state === 'cut') {
      near.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (this.#state === 'silent') return silence(pair);
    near.pipe(far);
    far.pipe(near);
  }

  #breakAll(): void {
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }
}

function silence(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.unpipe().pause();
}
