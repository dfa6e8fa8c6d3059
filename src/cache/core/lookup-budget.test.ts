import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LookupBudget } from './lookup-budget.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('D1 adds up how long a request has waited; look-ups that wait at the same time count once', () => {
  const budget = new LookupBudget();
  budget.enter();
  vi.advanceTimersByTime(10);
  budget.enter();
  vi.advanceTimersByTime(10);
  expect(budget.spent).toBe(20);
  budget.leave();
  vi.advanceTimersByTime(5);
  budget.leave();
  vi.advanceTimersByTime(100);
  expect(budget.spent).toBe(25);
  budget.enter();
  vi.advanceTimersByTime(1);
  budget.leave();
  expect(budget.spent).toBe(26);
});
