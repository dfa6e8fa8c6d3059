/**
 * How long tests wait for a condition, in one place. A limit only ends a test that would hang: a machine that is ten times slower,
 * with others' work beside it, still meets it. Shorter than any lifetime of what is cached, whose end would bring the condition about.
 */
export const PATIENT = { timeout: 40_000, interval: 20 } as const;

/** The same, for a condition that holds for a moment only. */
export const WATCHFUL = { timeout: 40_000, interval: 2 } as const;

/** Of a process to start, of a command to end, and of what a browser is to show, in milliseconds. */
export const PROCESS_MS = 300_000;

/** How long tests wait for a process to be ready. */
export const STARTING = { timeout: PROCESS_MS, interval: 50 } as const;
