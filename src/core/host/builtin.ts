/** What Next.js and Vercel put there in their edge runtimes, which have no built-in modules. */
const edge = globalThis as { AsyncLocalStorage?: unknown };
const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;

/**
 * A built-in module of Node, Bun or Deno, where there is one. Asked for at run time, so that no bundler needs to know it.
 * On Cloudflare Workers `builtin.workerd.ts` stands in for this file.
 */
export function builtin<T>(name: string): T | undefined {
  const found = ask(name);
  if (found === undefined && name === 'node:async_hooks' && edge.AsyncLocalStorage !== undefined) {
    return edge as T;
  }
  return found as T | undefined;
}

/** In the edge runtime of Next.js, this and other functions of `process` are there, and throw. */
function ask(name: string): unknown {
  try {
    return host?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
