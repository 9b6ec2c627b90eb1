import { useEffect, useState } from 'react';
import { now } from '../story/clock.ts';

/** Returns the server's time, worked out from this browser's clock. It advances only while something runs. */
export function useServerNow(ahead: number, isRunning: boolean): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!isRunning) return undefined;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const tick = () => setTime(now());
    const timer = setInterval(tick, isCalm ? 500 : 50);
    tick();
    return () => clearInterval(timer);
  }, [isRunning]);
  return time - (Number.isFinite(ahead) ? ahead : 0);
}
