import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../lib/logger.js';

export interface StopOptions {
  /** Makes the service say that it is not ready, while it goes on answering. */
  readonly retire: () => void;
  /** Milliseconds between that and closing, in which balancers notice it and send requests elsewhere. */
  readonly delay: number;
  /** Closes the rooms in their order. */
  readonly close: () => Promise<void>;
  /** Milliseconds that this may take. */
  readonly timeout: number;
  readonly logger: Logger;
  /** The process, unless a test gives another. */
  readonly process?: Pick<NodeJS.Process, 'on' | 'exit'>;
}

/**
 * Lower bound of the delay. A client that sends one request after the other then learns from an answer that its connection ends,
 * and no next request is cut off.
 */
const SHORTEST_DELAY_MS = 100;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * SIGTERM and SIGINT stop the service gracefully: first it says that it is not ready, after the delay it closes. Exit code 0,
 * or 1 when closing fails or takes too long. A second signal stops it at once, with the code that shells give to the signal.
 */
export function stopOnSignals({ retire, delay, close, timeout, logger, process: target = process }: StopOptions): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    logger.info({ signal, delay }, 'stopping');
    retire();
    await new Promise((resolve) => setTimeout(resolve, Math.max(delay, SHORTEST_DELAY_MS)));
    const closed = close().then(
      () => 0,
      (error: unknown) => {
        logger.error({ err: error }, 'closing failed');
        return 1;
      },
    );
    const expired = pause(timeout, 1, { ref: false }).then((code) => {
      logger.error({ timeout }, 'closing took too long');
      return code;
    });
    const code = await Promise.race([closed, expired]);
    if (code === 0) logger.info({}, 'stopped');
    target.exit(code);
  };
  for (const [signal, code] of Object.entries(SIGNALS)) {
    target.on(signal as keyof typeof SIGNALS, () => {
      if (stopping) target.exit(code);
      stopping = true;
      void stop(signal);
    });
  }
}
