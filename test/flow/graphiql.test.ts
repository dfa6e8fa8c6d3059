import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kind, parse } from 'graphql';
import { chromium, type Browser, type Locator, type Page, type Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readOperations } from '../../src/server/operations.js';
import { backends, type Running } from '../support/backends.js';
import { PATIENT, PROCESS_MS } from '../support/patience.js';
import { print } from '../support/print.js';

const SCREENSHOT = '.cache/graphiql.png';
const OPERATIONS = fileURLToPath(new URL('../../schema/operations', import.meta.url));

/** As quiet as a browser can be; and the network ends at this machine, whatever it tries of its own accord. */
const QUIET = [
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A sandbox of its own needs a user that is not root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

interface NetLogEvent {
  readonly type: number;
  readonly params?: { readonly url?: string; readonly initiator?: string; readonly address?: string };
}

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly NetLogEvent[];
}

describe('GraphiQL, as the service serves it', () => {
  const log = mkdtempSync(join(tmpdir(), 'larder-netlog-'));
  const netLog = join(log, 'net.json');
  const requests: string[] = [];
  const complaints: string[] = [];
  let running: Running;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const [embedded] = backends;
    if (embedded === undefined) throw new Error('there is no backend');
    running = await embedded.start();
    browser = await chromium.launch({ timeout: PROCESS_MS, executablePath: inject('chromiumPath'), args: [...QUIET, `--log-net-log=${netLog}`] });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PROCESS_MS);
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${running.client.url}/graphql`);
    await page.getByRole('tab').first().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await running.close();
    rmSync(log, { recursive: true, force: true });
  });

  const tab = (name: string): Locator => page.getByRole('tab').getByRole('button', { name, exact: true });

  /** Opens an example, and waits until the editor shows it. */
  async function open(name: string): Promise<void> {
    await tab(name).click();
    await page.getByRole('tab', { selected: true }).getByRole('button', { name, exact: true }).waitFor();
    await page.locator('.graphiql-query-editor .view-lines').getByText(name, { exact: true }).first().waitFor();
  }

  /**
   * Presses the button and waits for the answer to an operation. GraphiQL reads an editor's operations a moment after the text
   * has changed, and until then looks for the one before: a person is slower, a test presses again.
   */
  async function execute(named: string): Promise<Response> {
    for (let timeout = 3_000; ; timeout *= 2) {
      const answered = page.waitForResponse((response) => response.request().postData()?.includes(named) === true, { timeout });
      await page.getByRole('button', { name: /execute/i }).click();
      try {
        return await answered;
      } catch (error) {
        if (timeout > PATIENT.timeout) throw error;
      }
    }
  }

  it('has a tab for every example, and each of them fits the schema', async () => {
    const operations = await readOperations(OPERATIONS);
    expect(operations.length).toBeGreaterThan(5);
    for (const { query } of operations) {
      const [definition] = parse(query).definitions;
      const name = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? '') : '';
      expect(await tab(name).count(), name).toBe(1);
      const { codes } = await running.client.request(query);
      expect(codes, name).not.toContain('GRAPHQL_VALIDATION_FAILED');
      expect(codes, name).not.toContain('GRAPHQL_PARSE_FAILED');
    }
  });

  it('runs the first example as it stands, with its headers', async () => {
    const response = await execute('query Categories');
    expect(await response.json()).toMatchObject({ data: { tenant: { name: 'Downtown Pharmacy' } } });
    expect(await response.request().headerValue('x-tenant')).toBe('downtown');
    await page.locator('.result-window').getByText('Downtown Pharmacy').waitFor();
    mkdirSync('.cache', { recursive: true });
    await page.screenshot({ path: SCREENSHOT });
    print(`graphiql · a query ran, as ${SCREENSHOT} shows`);
  });

  it('runs what somebody types', async () => {
    await page.getByRole('button', { name: /new tab/i }).click();
    const editor = page.locator('.graphiql-query-editor').first();
    await editor.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('query Typed { tenant { slug defaultLanguage } }');
    const response = await execute('query Typed');
    expect(await response.json()).toEqual({ data: { tenant: { slug: 'downtown', defaultLanguage: 'en' } } });
    await page.locator('.result-window').getByText('defaultLanguage').waitFor();
  });

  it('signs in with the example that is prepared for it', async () => {
    await open('SignIn');
    const response = await execute('mutation SignIn');
    expect(await response.json()).toMatchObject({ data: { signIn: { viewer: { role: 'STAFF' } } } });
  });

  it('asks nobody but the service, as the browser itself recorded it', async () => {
    const { origin } = new URL(running.client.url);
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url))).toEqual([]);
    expect(complaints).toEqual([]);
    await browser.close();
    const recorded = JSON.parse(readFileSync(netLog, 'utf8')) as NetLog;
    const paramsOf = (...names: string[]): NetLogEvent['params'][] => {
      const types = names.map((name) => recorded.constants.logEventTypes[name]);
      expect(types).not.toContain(undefined);
      return recorded.events.filter(({ type }) => types.includes(type)).map(({ params }) => params);
    };
    const ofPage = recorded.events.flatMap(({ params }) => (params?.initiator === origin ? (params.url ?? []) : []));
    expect(ofPage).toContain(`${origin}/graphql`);
    expect([...new Set(ofPage)].filter((url) => !url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url))).toEqual([]);
    const connected = paramsOf('TCP_CONNECT_ATTEMPT').flatMap((params) => params?.address ?? []);
    expect(connected.length).toBeGreaterThan(0);
    expect(connected.filter((address) => address !== new URL(origin).host)).toEqual([]);
    expect(paramsOf('UDP_BYTES_SENT')).toEqual([]);
  });
});
