/**
 * Returns a function that makes something of the provider that is registered now, and makes it anew when another one is
 * registered: an SDK may start after the bus, or be replaced by a test.
 */
export function late<P, T>(provider: () => P, make: (provider: P) => T): () => T {
  let made: { readonly of: P; readonly it: T } | undefined;
  return () => {
    const now = provider();
    if (made?.of !== now) made = { of: now, it: make(now) };
    return made.it;
  };
}
