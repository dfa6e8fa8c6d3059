import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.js';
import { lockDirectory } from '../../src/database/directory-lock.js';
import { silentLogger } from '../../src/lib/logger.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'larder-lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const lockFile = (): string => join(directory, 'lock');

/** A process that lives until it is told to end. */
async function otherProcess(): Promise<{ pid: number; end: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await new Promise((resolve) => child.once('spawn', resolve));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { pid: child.pid ?? 0, end: () => (child.kill('SIGKILL'), ended) };
}

it('names the process that has the directory, and refuses another in one sentence', async () => {
  const other = await otherProcess();
  writeFileSync(lockFile(), `${other.pid}\n`);
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'DATABASE_IN_USE',
    message: `the data in ${directory} is in use by process ${other.pid}: stop it, or set DATABASE_URL to share a PostgreSQL server`,
  });
  await other.end();
});

it('takes over the lock of a process that has died', async () => {
  const other = await otherProcess();
  writeFileSync(lockFile(), `${other.pid}\n`);
  await other.end();
  const unlock = await lockDirectory(directory);
  expect(Number.parseInt(readFileSync(lockFile(), 'utf8'), 10)).toBe(process.pid);
  await unlock();
});

it('takes over the lock of an earlier process with the same id, as in a container that was restarted', async () => {
  writeFileSync(lockFile(), `${process.pid} 1\n`);
  const unlock = await lockDirectory(directory);
  expect(readFileSync(lockFile(), 'utf8')).not.toBe(`${process.pid} 1\n`);
  await unlock();
});

it('gives the directory to one of several that want it at once', async () => {
  const other = await otherProcess();
  writeFileSync(lockFile(), `${other.pid}\n`);
  await other.end();
  const wanted = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  const won = wanted.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  await won[0]?.value();
});

it('keeps a second PGlite out, keeps the data, and lets go when closed', async () => {
  const open = () => openDatabase({ poolMax: 1, dataDir: directory, logger: silentLogger });
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
  await first.close();
  const second = await open();
  expect(second.id).toBe(first.id);
  await second.close();
});
