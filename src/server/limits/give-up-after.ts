import { LarderError } from '../../graphql/errors.js';

/** Whether a request has taken too long and been answered. */
export type IsGivenUp = () => boolean;

/**
 * Bounds how long a request is worked on. Work that is late goes on as far as it has begun, what comes of it is ignored; it
 * can ask whether it is still waited for. Not by Fastify's own timeout, which on Node 20 ends with the request's body.
 *
 * @throws LarderError REQUEST_TIMEOUT.
 */
export async function giveUpAfter<T>(milliseconds: number, work: (isGivenUp: IsGivenUp) => Promise<T>): Promise<T> {
  let isGivenUp = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isGivenUp = true;
      reject(new LarderError('REQUEST_TIMEOUT', `The request took longer than ${milliseconds} ms and was given up.`));
    }, milliseconds);
  });
  const working = work(() => isGivenUp);
  // Given up, nobody is left to hear of its failure.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
  }
}
