import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RuntimeName } from './runtimes.ts';

const run = promisify(execFile);

type Kind = 'module' | 'commonjs';

/** Returns the arguments with which a runtime evaluates code. */
function evaluating(runtime: RuntimeName, type: Kind, code: string): readonly string[] {
  if (runtime === 'Bun') return ['--eval', code];
  if (runtime === 'Deno') return ['eval', type === 'module' ? '--ext=mjs' : '--ext=cjs', code];
  return [`--input-type=${type}`, '--eval', code];
}

/** Loads each entry of the package on a runtime, as ESM and as CommonJS. Returns what went wrong. */
export async function importEntries(
  folder: string,
  { name: runtime, path }: { readonly name: RuntimeName; readonly path: string },
): Promise<readonly string[]> {
  const manifest = readFileSync(join(folder, 'node_modules/trpc-events/package.json'), 'utf8');
  const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
  const entries = Object.keys(exports).filter((key) => !key.endsWith('.json'));
  const failures: string[] = [];
  for (const entry of entries) {
    const name = join('trpc-events', entry);
    for (const [type, load] of [
      ['module', `await import('${name}')`],
      ['commonjs', `require('${name}')`],
    ] as const) {
      try {
        await run(path, evaluating(runtime, type, load), { cwd: folder, timeout: 20_000 });
      } catch (error) {
        failures.push(`${runtime}: ${name} as ${type}: ${(error as Error).message}`);
      }
    }
  }
  return failures;
}
