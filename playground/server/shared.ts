const kept = globalThis as { shop?: Map<string, unknown> };

/**
 * Returns one value per process, as is usual for a Prisma client. Next loads a module several times: for route handlers, for
 * server components and actions, for each API route of the pages router, and again after an edit.
 */
export function shared<T>(name: string, make: () => T): T {
  const values = (kept.shop ??= new Map());
  if (!values.has(name)) values.set(name, make());
  return values.get(name) as T;
}
