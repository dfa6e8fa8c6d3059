import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PATIENT, PROCESS_MS } from './patience.js';

const run = promisify(execFile);

export interface DockerServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether a daemon answers, not merely whether the command is there. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: PATIENT.timeout });
    return true;
  } catch {
    return false;
  }
}

export async function startPostgresContainer(): Promise<DockerServer> {
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const { address, stop } = await startContainer('postgres:17-alpine', 5432, {
    env: ['POSTGRES_HOST_AUTH_METHOD=trust', 'POSTGRES_INITDB_ARGS=--locale=C.UTF-8'],
    args: settings.flatMap((setting) => ['-c', setting]),
    // The image starts a first server for its set-up, on the socket only: TCP answers when the real one is up.
    ready: ['pg_isready', '-h', '127.0.0.1', '-U', 'postgres'],
  });
  return { url: `postgres://postgres@${address}/postgres`, stop };
}

export async function startRedisContainer(): Promise<DockerServer> {
  const { address, stop } = await startContainer('redis:7-alpine', 6379, { env: [], args: [], ready: ['redis-cli', 'ping'] });
  return { url: `redis://${address}`, stop };
}

async function startContainer(
  image: string,
  port: number,
  options: { readonly env: readonly string[]; readonly args: readonly string[]; readonly ready: readonly string[] },
): Promise<{ address: string; stop(): Promise<void> }> {
  const env = options.env.flatMap((pair) => ['-e', pair]);
  const started = await run('docker', ['run', '-d', '--rm', '-p', `127.0.0.1::${port}`, ...env, image, ...options.args]);
  const id = started.stdout.trim();
  const stop = async (): Promise<void> => {
    await run('docker', ['rm', '-f', '-v', id]);
  };
  try {
    for (const deadline = performance.now() + PROCESS_MS; ; ) {
      try {
        await run('docker', ['exec', id, ...options.ready]);
        break;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(500);
      }
    }
    const mapped = await run('docker', ['port', id, `${port}/tcp`]);
    return { address: mapped.stdout.trim().split('\n')[0] ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
