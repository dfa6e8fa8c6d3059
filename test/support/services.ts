import type { TestProject } from 'vitest/node';
import { startServices } from './start-services.js';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
    chromiumPath: string;
    runId: string;
    /** The mechanism that services are started without; empty: none. */
    without: string;
  }
}

/** Vitest's global set-up: tests get at these with `inject('databaseUrl')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { databaseUrl, redisUrl, chromiumPath, runId, stop } = await startServices();
  project.provide('databaseUrl', databaseUrl);
  project.provide('redisUrl', redisUrl);
  project.provide('chromiumPath', chromiumPath);
  project.provide('runId', runId);
  // Whoever takes one out provides its name before.
  if (project.getProvidedContext().without === undefined) project.provide('without', '');
  return stop;
}
