import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Loads each entry of the package on a version of Node.js, as ESM and as CommonJS. Returns what went wrong. */
export async function importEntries(folder: string, node: string): Promise<readonly string[]> {
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
        await run(node, [`--input-type=${type}`, '--eval', load], { cwd: folder, timeout: 20_000 });
      } catch (error) {
        failures.push(`${name} as ${type}: ${(error as Error).message}`);
      }
    }
  }
  return failures;
}
