import { spawnSync } from 'node:child_process';
import type { World } from '../world.js';
import { areTrustedAgain, rest, type Fault } from './fault.js';

/** Shorter than a request may take: what was under way is finished late, and nothing of it is lost. */
const HANGING = 5_000;

/** A server that is stopped refuses nothing: what was sent to it lies there, and is done once it goes on. */
export const databaseHung: Fault = {
  name: 'database-hung',
  what: 'PostgreSQL is stopped for 5 s with all its backends, and continued',
  inject: async (world) => {
    const stopped = processesOf(world);
    if (stopped.length === 0) return false;
    const go = (): void => stopped.forEach((pid) => send(pid, 'SIGCONT'));
    // Also when the run is broken off: what is stopped cannot be ended.
    process.once('exit', go);
    for (const pid of stopped) send(pid, 'SIGSTOP');
    await rest(HANGING);
    go();
    process.off('exit', go);
    await areTrustedAgain(world.places);
    return true;
  },
};

/** The postmaster first, so that it starts none meanwhile; none where the server is not the checker's own. */
function processesOf({ databasePid }: World): readonly number[] {
  if (databasePid === null) return [];
  const listed = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).stdout;
  const children = [...listed.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].filter(([, parent]) => Number(parent) === databasePid);
  return [databasePid, ...children.map(([, , pid]) => Number(pid))];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
