/**
 * Returns a function that makes something from the registered provider, and makes it again if another provider is
 * registered. An SDK may start after the bus, or be replaced by a test.
 */
export function late<P, T>(provider: () => P, make: (provider: P) => T): () => T {
  let made: { readonly of: P; readonly it: T } | undefined;
  return () => {
    const now = provider();
    if (made?.of !== now) made = { of: now, it: make(now) };
    return made.it;
  };
}
