import { LarderError } from '../../graphql/errors.js';

/** Whether a request has taken too long and been answered. */
export type IsGivenUp = () => boolean;

/**
 * Bounds how long a request is worked on. Work that is late goes on as far as it has begun, what comes of it is ignored; it
 * can ask whether it is still waited for. Not by Fastify's own timeout, which on Node 20 ends with the request's body.
 *
 * @param since when the request arrived, on the monotonic clock: earlier work on it counts, too.
 * @throws LarderError REQUEST_TIMEOUT.
 */
export function giveUpAfter<T>(milliseconds: number, work: (isGivenUp: IsGivenUp) => Promise<T>, since = performance.now()): Promise<T> {
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    const timer = setTimeout(() => {
      isGivenUp = true;
      reject(new LarderError('REQUEST_TIMEOUT', `The request took longer than ${milliseconds} ms and was given up.`));
    }, Math.max(0, milliseconds - (performance.now() - since)));
    const working = begun(work, () => isGivenUp);
    // Given up, nobody is left to hear what became of it: a promise is settled once.
    working.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      () => {
        clearTimeout(timer);
        resolve(working);
      },
    );
  });
}

/** Work that throws before it has a promise has failed like any other. */
function begun<T>(work: (isGivenUp: IsGivenUp) => Promise<T>, isGivenUp: IsGivenUp): Promise<T> {
  try {
    return work(isGivenUp);
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error('the work failed', { cause: error }));
  }
}
