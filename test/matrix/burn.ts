import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The longest that a listener burns CPU, in ms, if the answer never comes. */
const LIMIT = 3000;

/**
 * Burns CPU, as a listener may, until the client has marked that it has its whole answer. The mark comes only if no
 * byte of the answer still needs this thread.
 */
export function burnUntilMarked(folder: string) {
  return function clientHasAnswer(id: string): boolean {
    const mark = join(folder, id);
    const end = performance.now() + LIMIT;
    while (!existsSync(mark) && performance.now() < end);
    return existsSync(mark);
  };
}
