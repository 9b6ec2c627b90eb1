const kept = globalThis as { shop?: Map<string, unknown> };

/**
 * One value a process, as one does it for a Prisma client: Next loads a module once for route handlers, once for server
 * components and actions, once for each API route of the pages router, and again after an edit.
 */
export function shared<T>(name: string, make: () => T): T {
  const values = (kept.shop ??= new Map());
  if (!values.has(name)) values.set(name, make());
  return values.get(name) as T;
}
