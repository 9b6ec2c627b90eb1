/** The edge runtimes of Next.js and Vercel have a global AsyncLocalStorage, but no built-in modules. */
const edge = globalThis as { AsyncLocalStorage?: unknown };
const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;

/**
 * Returns a built-in module of Node, Bun or Deno, if there is one. It is looked up at run time, so that no bundler
 * needs to know it. On Cloudflare Workers, `builtin.workerd.ts` replaces this file.
 */
export function builtin<T>(name: string): T | undefined {
  const found = ask(name);
  if (found === undefined && name === 'node:async_hooks' && edge.AsyncLocalStorage !== undefined) {
    return edge as T;
  }
  return found as T | undefined;
}

/** Returns `undefined` in the edge runtime of Next.js too, where functions of `process` exist but throw. */
function ask(name: string): unknown {
  try {
    return host?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
