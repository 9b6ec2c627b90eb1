/**
 * Reads signals that came from outside. One may be of a subclass, or look like a signal and throw in any member. Its errors
 * must not end an attempt, a delivery or a stream, so such a signal counts as one that never aborts.
 *
 * @module
 */
import { guarded } from './guards.ts';

export function isAborted(signal: AbortSignal | undefined): boolean {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

export function reasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch (thrown) {
    return thrown;
  }
}

export function listen(signal: AbortSignal | undefined, aborted: () => void): void {
  guarded(() => signal?.addEventListener('abort', aborted, { once: true }), ignore);
}

export function letGo(signal: AbortSignal | undefined, aborted: () => void): void {
  guarded(() => signal?.removeEventListener('abort', aborted), ignore);
}

function ignore(): void {}
