/**
 * How long tests wait for a condition, in one place. A limit only ends a test that would hang: a machine that is ten times
 * slower still meets it. It is shorter than any lifetime of a cached entry, whose end would fulfil the condition.
 */
export const PATIENT = { timeout: 40_000, interval: 20 } as const;

/** The same, for a condition that holds for a moment only. */
export const WATCHFUL = { timeout: 40_000, interval: 2 } as const;

/** Limit for a process to start, a command to end, or a browser to render, in milliseconds. */
export const PROCESS_MS = 300_000;

/** How long tests wait for a process to be ready. */
export const STARTING = { timeout: PROCESS_MS, interval: 50 } as const;
