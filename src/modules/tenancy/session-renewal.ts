import type { Clock } from '../../lib/clock.js';
import { withDeadline } from '../../lib/deadline.js';
import type { Context } from '../../graphql/context.js';
import { SESSION_LIFETIME } from './session-lifetime.js';
import { extendSession, type SessionRow } from './session.queries.js';

export type Transaction = Context['transaction'];

/** After a renewal that failed, how long none is tried: every request would, and wait for a database that is away. */
const PAUSE = 60_000;

/** How long a request waits for the renewal, in milliseconds: a hung database locks out no viewer with a cached session. */
const LONGEST_WAIT = 250;

/**
 * Lets sessions that are used last longer. Each is written at most once in half its life, by whichever request is first.
 */
export class SessionRenewal {
  readonly #underWay = new Set<string>();
  #pausedUntil = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** A failure is reported and nothing else, and what takes long goes on by itself: the session is valid as it is. */
  async renewIfDue(session: SessionRow, transaction: Transaction): Promise<void> {
    const now = this.clock.now();
    if (now <= renewalDue(session) || this.#underWay.has(session.id) || now < this.#pausedUntil) return;
    await withDeadline(this.#renew(session, transaction), LONGEST_WAIT, 'the renewal takes long').catch(() => undefined);
  }

  async #renew({ id }: SessionRow, transaction: Transaction): Promise<void> {
    const now = this.clock.now();
    const later = (milliseconds: number): string => new Date(now + milliseconds).toISOString();
    this.#underWay.add(id);
    try {
      const extension = { id, expiresAt: later(SESSION_LIFETIME), unlessAfter: later(SESSION_LIFETIME / 2) };
      await transaction('platform', (tx) => extendSession(tx, extension));
    } catch (error) {
      this.#pausedUntil = now + PAUSE;
      this.onError(error);
    } finally {
      this.#underWay.delete(id);
    }
  }
}

/** When the second half of a session's life begins, in milliseconds since the epoch. */
export function renewalDue({ expiresAt }: Pick<SessionRow, 'expiresAt'>): number {
  return Date.parse(expiresAt) - SESSION_LIFETIME / 2;
}
