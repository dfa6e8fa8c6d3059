import { expect, it } from 'vitest';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { LateInvalidations } from './late-invalidations.js';
import { SINGLE, tags, type Tag } from './tags.js';

const books: Tag[] = [tags.table(SINGLE, 'books')];

function setUp() {
  const ledger = new MemoryLedger({ clock: { now: () => 0 } });
  const world = { away: true, attempts: 0 };
  let again: () => void = () => undefined;
  const late = new LateInvalidations(
    {
      ledger,
      invalidate: (invalidated) => {
        world.attempts++;
        return world.away ? Promise.reject(new Error('away')) : ledger.invalidate(invalidated);
      },
    },
    { onError: (error) => expect(error).toBeUndefined(), pause: (signal) => new Promise<void>((resolve) => ((again = resolve), signal.addEventListener('abort', () => resolve()))) },
  );
  const tryAgain = async (): Promise<void> => {
    again();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ledger, world, late, tryAgain };
}

it('F3: what no ledger has taken is unreadable here until one takes it', async () => {
  const { ledger, world, late, tryAgain } = setUp();
  expect(await late.invalidate(books)).toBe('pending');
  await tryAgain();
  expect([ledger.isPending(books), ledger.positionOf(books[0] as Tag), world.attempts]).toEqual([true, 0, 2]);
  world.away = false;
  await tryAgain();
  expect([ledger.isPending(books), ledger.positionOf(books[0] as Tag), late.waiting]).toEqual([false, 1, 0]);
  expect(await late.invalidate(books)).toBe('applied');
});

it('D3: closing ends the attempts, and says how many were in vain', async () => {
  const { late, world } = setUp();
  await late.invalidate(books);
  await late.invalidate(books);
  expect(await late.close()).toBe(2);
  expect(world.attempts).toBe(2);
});
