/** Calls a function whose throw or rejection may reach nobody but `failed`. */
export function guarded(fn: () => unknown, failed: (thrown: unknown) => void): void {
  try {
    const returned = fn();
    if (isThenable(returned)) Promise.resolve(returned).catch(failed);
  } catch (thrown) {
    failed(thrown);
  }
}

/** Functions may be some, too: what a call to another Cloudflare Worker gives is one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return 'then' in value && typeof value.then === 'function';
}
