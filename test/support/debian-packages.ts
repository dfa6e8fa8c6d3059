import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Service } from './service-choice.js';

const PACKAGES: Readonly<Record<Service, string>> = { postgres: 'postgresql', redis: 'redis-server', chromium: 'chromium' };

/** Read by invoke-rc.d: 101 means that no service is to be started now. */
const POLICY = '/usr/sbin/policy-rc.d';
/** Read by pg_createcluster beside its main configuration. */
const NO_CLUSTER = '/etc/postgresql-common/createcluster.d/larder-tests.conf';

export function debianPackages(services: readonly Service[]): string[] {
  return services.map((service) => PACKAGES[service]);
}

export function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs programs only: no cluster is made and no service started on our account. */
export function installDebianPackages(services: readonly Service[]): Promise<void> {
  return installPackages(debianPackages(services));
}

/** The same for packages by name. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  process.stderr.write(
    `Installing for the tests, from Debian's packages: ${packages.join(' ')} (LARDER_TEST_INSTALL=never prevents it)\n`,
  );
  const undo = [
    temporaryFile(POLICY, '#!/bin/sh\nexit 101\n', 0o755),
    temporaryFile(NO_CLUSTER, 'create_main_cluster = false\n', 0o644),
  ];
  try {
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    for (const remove of undo) remove();
  }
}

/** Writes a file that was not there and returns what removes it again, with the directories made for it. */
function temporaryFile(path: string, content: string, mode: number): () => void {
  if (existsSync(path)) return () => undefined;
  const firstMade = mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
  return () => {
    rmSync(path, { force: true });
    // The package may have come to own the directories meanwhile: only empty ones go.
    for (
      let directory = dirname(path);
      firstMade !== undefined && directory.startsWith(firstMade);
      directory = dirname(directory)
    ) {
      try {
        rmdirSync(directory);
      } catch {
        return;
      }
    }
  };
}

function aptGet(...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['-q', '-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2000)));
    }
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`apt-get ${args[0] ?? ''} failed: ${output.trim().split('\n').slice(-3).join(' | ')}`));
    });
  });
}
