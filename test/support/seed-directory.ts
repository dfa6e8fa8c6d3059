import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    seedDirectory: string;
  }
}

/** Vitest's global set-up: a directory for what the run's test files share, `inject('seedDirectory')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-seeded-'));
  project.provide('seedDirectory', directory);
  return () => rm(directory, { recursive: true, force: true });
}
