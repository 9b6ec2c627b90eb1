import { afterEach, expect, test, vi } from 'vitest';
import { now } from '../../src/inspector/clock.ts';

afterEach(() => vi.useRealTimers());

test('Entries have the time of day, with fractions, after the machine has slept, and when its clock was set.', () => {
  expect(Math.abs(now() - Date.now())).toBeLessThan(300);
  expect(Array.from({ length: 20 }, now).some((at) => !Number.isInteger(at))).toBe(true);
  // Only the time of day is faked, so it jumps while the fine clock goes on.
  vi.useFakeTimers({ toFake: ['Date'] });
  const hour = 3_600_000;
  vi.setSystemTime(Date.now() + hour);
  expect(Math.abs(now() - Date.now())).toBeLessThan(300);
  vi.setSystemTime(Date.now() - 2 * hour);
  expect(Math.abs(now() - Date.now())).toBeLessThan(300);
  vi.useRealTimers();
  expect(Math.abs(now() - Date.now())).toBeLessThan(300);
  const before = now();
  expect(now()).toBeGreaterThanOrEqual(before);
});
