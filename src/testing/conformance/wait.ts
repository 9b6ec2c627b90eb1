/** Silence that counts as "never", in ms. A correct handler passes, however slow the machine is. */
const QUIET = 50;

// `setTimeout` is looked up on each call, so that fake timers installed later apply.
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits long enough to see something that comes too early. */
export const quiet = () => pause(QUIET);

/** Rejects if a promise takes longer than `ms`. */
export async function within<R>(ms: number, promise: Promise<R>, waitsFor: () => string): Promise<R> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`After ${ms} ms it still waits for ${waitsFor()}.`)), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
