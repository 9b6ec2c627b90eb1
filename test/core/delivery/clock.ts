import { onTestFinished, vi } from 'vitest';

/** Timers stand still until `pass`, and it is noon. */
export function useClock() {
  vi.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const begun = Date.now();
  return {
    /** In ms since the clock was made. */
    get now() {
      return Date.now() - begun;
    },
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}
