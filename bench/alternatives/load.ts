import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = import.meta.dirname;

/** Imports a package of bench/alternatives/package.json. Installs them all when the first one is asked for. */
export async function load<T>(name: string): Promise<T> {
  if (!existsSync(join(folder, 'node_modules'))) {
    console.log('Installing the alternatives, which only the benchmarks need …');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
    if (status !== 0) throw new Error(`npm ci failed in ${folder}.`);
  }
  const path = createRequire(join(folder, 'package.json')).resolve(name);
  return (await import(pathToFileURL(path).href)) as T;
}
