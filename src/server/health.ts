import type { FastifyInstance } from 'fastify';

export interface Readiness {
  readonly ready: boolean;
  /** What was looked at, each `ok` or what is the matter in a few words that give nothing away. */
  readonly checks: Readonly<Record<string, string>>;
  /** How far this node's copy of the ledger reaches, and how many milliseconds ago it was known to be complete. */
  readonly ledger?: { readonly kind: string; readonly position: number; readonly lag: number; readonly pending: number };
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work; refused while it stops. */
export function serveHealth(server: FastifyInstance, ready: () => Promise<Readiness>): void {
  server.get('/health/live', (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));
  server.get('/health/ready', async (request, reply) => {
    let readiness: Readiness;
    try {
      readiness = await ready();
    } catch (error) {
      request.log.error({ err: error }, 'the readiness check failed');
      readiness = { ready: false, checks: {} };
    }
    const status = readiness.ready ? 'ready' : 'not ready';
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status, checks: readiness.checks, ledger: readiness.ledger });
  });
}
