/**
 * What an operation's transactions handed out, for the reply: the position of the last one, from which on every node's
 * answers include the change.
 */
export class WriteLog {
  /** The last invalidation's position token; null while nothing was written. */
  position: string | null = null;
  /** Whether a change is committed whose invalidation has not been confirmed. */
  pending = false;
}
