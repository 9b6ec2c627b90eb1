/** Waiting, for tests: promises that are resolved by hand, turns of the event loop, pauses and conditions. */

/** Makes a promise together with the function that resolves it. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

/** Waits one turn of the event loop, so that everything that can run now runs. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Waits for some ms. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until a condition holds. Rejects after `timeout` ms. Default: 10,000. */
export async function until(holds: () => boolean, timeout = 10_000): Promise<void> {
  const end = performance.now() + timeout;
  while (!holds()) {
    if (performance.now() > end)
      throw new Error(`The condition did not hold within ${timeout} ms: ${holds.toString()}`);
    await pause(5);
  }
}
