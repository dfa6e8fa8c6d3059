import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import { LiftedServer } from '../support/lifted-server.js';
import { auditHttp, countsOf, type AuditReport } from './audits.js';

/** GraphQL over HTTP, by the audits of graphql-http: nothing that MUST be is missing, and nothing that Apollo's own server has. */

const apollo = new ApolloServer({ typeDefs: 'type Query { one: Int }' });
let standard: AuditReport;
beforeAll(async () => {
  const { url } = await startStandaloneServer(apollo, { listen: { port: 0, host: '127.0.0.1' } });
  standard = await auditHttp(url);
});
afterAll(() => apollo.stop());

async function isNoWorse(name: string, url: string): Promise<void> {
  const report = await auditHttp(url);
  process.stdout.write(`${name}: ${countsOf(report)}; Apollo's own server: ${countsOf(standard)}\n`);
  const ids = (found: readonly string[]): string[] => found.map((text) => text.slice(0, text.indexOf(' ')));
  expect(report.error).toEqual([]);
  expect(ids(standard.warn)).toEqual(expect.arrayContaining(ids(report.warn)));
  expect(ids([...standard.notice, ...standard.warn])).toEqual(expect.arrayContaining(ids(report.notice)));
  expect(report.passed).toBeGreaterThanOrEqual(standard.passed);
}

describe.each(backends)('the API on $name', (backend) => {
  let running: Running;
  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  it('conforms as Apollo’s own server does', () => isNoWorse(`the API on ${backend.name}`, `${running.client.url}/graphql`));
});

describe('an Apollo Server with the engine lifted into it', () => {
  let lifted: LiftedServer;
  beforeAll(async () => {
    lifted = await LiftedServer.start({ defaultMaxAge: 60 });
  });
  afterAll(() => lifted.close());

  it.each(['first seen', 'known'])('conforms as Apollo’s own server does, with queries %s', (how) => isNoWorse(`lifted, ${how}`, lifted.url));
});
