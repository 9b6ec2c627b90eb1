/** Returns true for objects and arrays, but not for functions. */
export function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Reads a member of an object or of its class. A member that somebody put on `Object.prototype` doesn't count. */
export function memberOf<T extends object, K extends keyof T>(object: T, key: K): T[K] | undefined {
  const value = object[key];
  const isForeign = value === (Object.prototype as T)[key] && !Object.hasOwn(object, key);
  return isForeign ? undefined : value;
}

/** Returns true for anything with a `then`. Functions count: a call to another Cloudflare Worker returns one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return 'then' in value && typeof value.then === 'function';
}

/** Returns true for `function*` and `async function*`. One that was compiled to an older syntax looks like any other. */
export function isGeneratorFunction(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const tag: unknown = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return tag === 'GeneratorFunction' || tag === 'AsyncGeneratorFunction';
}

/** Returns true for a generator, even from a generator function that was compiled to an older syntax. */
export function isGenerator(
  value: unknown,
): value is Generator<unknown, unknown> | AsyncGenerator<unknown, unknown> {
  return (
    isObject(value) &&
    (Symbol.asyncIterator in value || Symbol.iterator in value) &&
    typeof value['next'] === 'function' &&
    typeof value['throw'] === 'function'
  );
}

/** Calls a function of the application. Anything that it throws, or rejects with, reaches only `failed`. */
export function guarded(fn: () => unknown, failed: (thrown: unknown) => void): void {
  try {
    const returned = fn();
    if (isThenable(returned)) Promise.resolve(returned).catch(failed);
  } catch (thrown) {
    failed(thrown);
  }
}
