import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from './database-error.js';

const heldHere = new Set<string>();

/**
 * Keeps other processes out of a directory that only one may use: PGlite itself would let two of them ruin it.
 * A lock whose process is gone is taken over.
 *
 * @returns the release.
 * @throws DatabaseError DATABASE_IN_USE when a living process has the directory.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const own = `${process.pid} ${startOf(process.pid)}\n`;
  for (;;) {
    if (!heldHere.has(path) && (await create(path, own))) break;
    const found = await readFile(path, 'utf8').catch(() => '');
    const pid = Number.parseInt(found, 10);
    if (heldHere.has(path) || isAlive(found)) {
      throw new DatabaseError(
        'DATABASE_IN_USE',
        `the data in ${directory} is in use by process ${pid}: stop it, or set DATABASE_URL to share a PostgreSQL server`,
      );
    }
    if (found !== '') await remove(path, found);
  }
  heldHere.add(path);
  return async () => {
    heldHere.delete(path);
    if ((await readFile(path, 'utf8').catch(() => '')) === own) await rm(path, { force: true });
  };
}

async function create(path: string, content: string): Promise<boolean> {
  // Linked into place complete, so that nobody reads a lock that is still empty.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a stale lock away; one that another process has put in its place meanwhile is put back. */
async function remove(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(content: string): boolean {
  const [pid = 0, start = ''] = [Number.parseInt(content, 10), content.split(' ')[1]?.trim()];
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // In a container every run has the same pid: the start time tells this process from a dead namesake.
  return start === '' || startOf(pid) === '' || start === startOf(pid);
}

/** When a process began, in the kernel's ticks; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
