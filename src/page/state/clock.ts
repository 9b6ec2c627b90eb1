import { effect, signal } from '../signals.ts';

/** The time in ms since 1970, once a second: for ages, and for what waits. */
export const seconds = signal(Date.now());
/** The time in ms since 1970, once a frame while `isMoving`: for bars that grow. */
export const frames = signal(Date.now());
/** True while something that runs is in view. */
export const isMoving = signal(false);

const still = matchMedia('(prefers-reduced-motion: reduce)');

export function startClock(): void {
  setInterval(() => {
    seconds.value = Date.now();
    if (isMoving.peek() && still.matches) frames.value = seconds.value;
  }, 1000);
  effect(() => {
    if (!isMoving.value || still.matches) return;
    let frame = requestAnimationFrame(function next() {
      frames.value = Date.now();
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  });
}
