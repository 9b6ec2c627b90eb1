import { isGenerator } from '../words/guards.ts';

/**
 * Returns the error of a listener that returned a generator, so that its body never ran. Registration refuses most of
 * them. It can't tell a generator that a plain function returns, as one compiled to an older syntax does.
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
