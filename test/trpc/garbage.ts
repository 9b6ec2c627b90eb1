import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const { setImmediate } = globalThis;

/** Returns how many of these objects are still referenced after some turns of the event loop. */
export async function countHeld(references: readonly WeakRef<object>[]): Promise<number> {
  let held = references;
  for (let turn = 0; turn < 20 && held.length > 0; turn++) {
    // Collect in a new turn: a WeakRef that was read holds its target until the end of that turn.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    held = held.filter((reference) => reference.deref() !== undefined);
  }
  return held.length;
}
