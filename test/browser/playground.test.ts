import { mkdirSync } from 'node:fs';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { createServer } from '../../src/server/create-server.js';
import { createLogger } from '../../src/server/logger.js';
import { PROCESS_MS } from '../support/patience.js';

const SCREENSHOT = '.cache/playground.png';

let server: Awaited<ReturnType<typeof createServer>>;
let browser: Browser;
let page: Page;
let origin: string;
const requests: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  const fields = { answer: { type: GraphQLInt, resolve: () => 42 } };
  server = await createServer({
    config: loadConfig({ NODE_ENV: 'test' }),
    logger: createLogger({ level: 'silent', pretty: false, requestShare: 1 }),
    schema: new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) }),
    apolloCache: new InMemoryLRUCache(),
    plugins: [],
    context: () => Promise.resolve({}),
    ready: () => Promise.resolve({ ready: true, checks: {} }),
    operations: [
      { name: 'answer', query: 'query TheAnswer {\n  answer\n}\n', variables: null, headers: { 'X-Tenant': 'downtown' } },
      { name: 'again', query: 'query Again {\n  again: answer\n}\n', variables: null, headers: null },
    ],
  });
  origin = await server.listen({ host: '127.0.0.1', port: 0 });
  // A sandbox of its own needs a user that is not root.
  browser = await chromium.launch({
    timeout: PROCESS_MS,
    executablePath: inject('chromiumPath'),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PROCESS_MS);
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

it('the playground shows the examples in tabs and runs one of them', async () => {
  await page.goto(`${origin}/graphql`);
  await page.getByRole('tab', { name: 'TheAnswer' }).waitFor();
  expect(await page.getByRole('tab', { name: 'Again' }).count()).toBe(1);
  const reply = page.waitForResponse(async (response) => response.request().postData()?.includes('TheAnswer') === true);
  await page.getByRole('button', { name: /execute/i }).click();
  const response = await reply;
  expect(await response.json()).toEqual({ data: { answer: 42 } });
  expect(await response.request().headerValue('x-tenant')).toBe('downtown');
  await page.locator('.result-window').getByText('42').waitFor();
  mkdirSync('.cache', { recursive: true });
  await page.screenshot({ path: SCREENSHOT });
});

it('it knows the schema', async () => {
  await page
    .getByRole('button', { name: /documentation/i })
    .first()
    .click();
  await page.locator('.graphiql-doc-explorer').getByText('Query').first().waitFor();
});

it('no request leaves the machine, and nothing of the page is refused by its own policy', () => {
  const outside = requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:'));
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
});
