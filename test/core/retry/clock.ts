import { onTestFinished, vi } from 'vitest';

/** Fakes the clock: the time is noon, and timers stand still until `pass` is called. */
export function useClock() {
  vi.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const begun = Date.now();
  return {
    /** Milliseconds since the clock was made. */
    get now() {
      return Date.now() - begun;
    },
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}
