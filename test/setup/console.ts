/** What a test file has written and caused, between two looks of `quiet.ts`. */
export interface Noise {
  /** Where written lines go: to a test that expects them, or to `problems`. */
  expected: string[] | undefined;
  problems: string[];
}

const key = Symbol.for('trpc-events.test.noise');
const shared = globalThis as { [key]?: Noise };

/** On globalThis, so that it outlives `vi.resetModules()`. */
export const noise: Noise = (shared[key] ??= { expected: undefined, problems: [] });

/**
 * Allows the rest of this test to write to the console, and returns what it writes: one entry a call, without
 * colours and the last newline. Warnings, unhandled rejections and uncaught exceptions are never allowed.
 *
 * @example
 * const lines = expectConsole();
 * console.error('no listener for %s', 'user.created');
 * expect(lines).toEqual(['no listener for user.created']);
 */
export function expectConsole(): readonly string[] {
  return (noise.expected ??= []);
}
