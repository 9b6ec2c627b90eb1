import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The versions of TypeScript that users may have. */
export const compilers = [
  { version: '5.9', package: 'ts59' },
  { version: '6.0', package: 'ts60' },
  { version: '7.0', package: 'typescript' },
] as const;
export type Compiler = (typeof compilers)[number];

/** Runs `tsc`, and returns what it prints: only errors, unless the arguments ask for more. */
export function tsc(compiler: Compiler, cwd: string, ...args: readonly string[]): string {
  const bin = resolve(root, 'node_modules', compiler.package, 'bin/tsc');
  const { stdout, stderr, error } = spawnSync(process.execPath, [bin, ...args, '--pretty', 'false'], {
    cwd,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}
