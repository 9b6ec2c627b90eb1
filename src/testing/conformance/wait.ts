/** How long nothing must happen, to be taken for never. What is right passes, however slow the machine is. */
const QUIET = 50;

// The timer is looked up when it is used.
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Long enough to see what comes too early. */
export const quiet = () => pause(QUIET);

/** Rejects where a promise takes too long. */
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
