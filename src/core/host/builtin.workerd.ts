/**
 * What the package's `imports` map puts in the place of `builtin.ts` under the condition `workerd`: there, modules can
 * only be imported, and which ones there are depends on the flags (`nodejs_als` or `nodejs_compat`; `cloudflare:workers`
 * needs none).
 */
const modules: Record<string, unknown> = {
  // @ts-expect-error -- a module of workerd, of which no types are installed
  'cloudflare:workers': await found(() => import('cloudflare:workers')),
  'node:async_hooks': await found(() => import('node:async_hooks')),
};

async function found(load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch {
    return undefined;
  }
}

export function builtin<T>(name: string): T | undefined {
  return modules[name] as T | undefined;
}
