import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How long a listener burns CPU at most, in ms, for an answer that is not going to come. */
const LIMIT = 3000;

/**
 * Burns CPU until the client has marked that it has its whole answer, as a listener may: that comes only if no byte of
 * the answer needs this thread any more.
 */
export function burnUntilMarked(folder: string) {
  return function clientHasAnswer(id: string): boolean {
    const mark = join(folder, id);
    const end = performance.now() + LIMIT;
    while (!existsSync(mark) && performance.now() < end);
    return existsSync(mark);
  };
}
