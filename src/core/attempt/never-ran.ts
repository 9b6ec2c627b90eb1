import { isGenerator } from '../words/guards.ts';

/**
 * Returns the error for a listener that returned a generator, whose body never ran. Registration refuses generator
 * functions, but can't recognize a plain function that returns a generator, such as one compiled to an older syntax.
 */
export function neverRan(returned: unknown): Error | undefined {
  try {
    if (!isGenerator(returned)) return undefined;
  } catch {
    // A proxy or a getter that throws is no generator.
    return undefined;
  }
  return new Error(
    'a listener returned a generator, which never runs, because nothing pulls from it: make it an async function, and use e.depends for what must be cleaned up',
  );
}
