/** Output and problems of a test file between two checks of `quiet.ts`. */
export interface Noise {
  /** Collects written lines for a test that expects them. If undefined, they go to `problems`. */
  expected: string[] | undefined;
  problems: string[];
}

const key = Symbol.for('trpc-events.test.noise');
const shared = globalThis as { [key]?: Noise };

/** Noise is kept on globalThis, so that it outlives `vi.resetModules()`. */
export const noise: Noise = (shared[key] ??= { expected: undefined, problems: [] });

/**
 * Allows the rest of this test to write to the console, and returns the output: one entry per call, without
 * colors and the last newline. Warnings, unhandled rejections and uncaught exceptions are never allowed.
 *
 * @example
 * const lines = expectConsole();
 * console.error('no listener for %s', 'user.created');
 * expect(lines).toEqual(['no listener for user.created']);
 */
export function expectConsole(): readonly string[] {
  return (noise.expected ??= []);
}
