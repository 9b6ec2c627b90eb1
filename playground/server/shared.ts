const kept = globalThis as { shop?: Map<string, unknown> };

/**
 * One value a process, as one does it for a Prisma client: Next loads a module once for route handlers, once for server
 * components and actions, and once for each API route of the pages router. In development, each load makes its own, so
 * that what was edited takes effect.
 */
export function shared<T>(name: string, make: () => T): T {
  if (process.env.NODE_ENV === 'development') return make();
  return always(name, make);
}

/** One value a process, kept in development too: what an edit must not lose. */
export function always<T>(name: string, make: () => T): T {
  const values = (kept.shop ??= new Map());
  if (!values.has(name)) values.set(name, make());
  return values.get(name) as T;
}
