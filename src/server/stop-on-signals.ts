import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../lib/logger.js';

export interface StopOptions {
  /** Closes the rooms in their order. */
  readonly close: () => Promise<void>;
  /** Milliseconds that this may take. */
  readonly timeout: number;
  readonly logger: Logger;
  /** The process, unless a test gives another. */
  readonly process?: Pick<NodeJS.Process, 'on' | 'exit'>;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * SIGTERM and SIGINT stop the service gracefully: exit code 0, or 1 when closing fails or takes too long. A second signal
 * stops it at once, with the code that shells give to the signal.
 */
export function stopOnSignals({ close, timeout, logger, process: target = process }: StopOptions): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    logger.info({ signal }, 'stopping');
    const closed = close().then(
      () => 0,
      (error: unknown) => {
        logger.error({ err: error }, 'closing failed');
        return 1;
      },
    );
    const expired = delay(timeout, 1, { ref: false }).then((code) => {
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
