/**
 * The package's `imports` map replaces `builtin.ts` with this file under the condition `workerd`. There, modules can
 * only be imported, and which ones exist depends on the flags (`nodejs_als` or `nodejs_compat`; `cloudflare:workers`
 * needs none).
 */
const modules: Record<string, unknown> = {
  // @ts-expect-error -- this is a module of workerd, and its types are not installed
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
