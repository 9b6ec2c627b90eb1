import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** The folder of the shop. */
export const folder = resolve(import.meta.dirname, '..');

const bin = resolve(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next');

/** Runs Next in the shop's folder. */
export function next(
  command: 'build' | 'start' | 'dev',
  args: readonly string[] = [],
  env: Readonly<Record<string, string | undefined>> = {},
): ChildProcess {
  return spawn(process.execPath, [bin, command, ...args], {
    cwd: folder,
    // The stdin of the child ends when this process does, so that a server learns that it is alone.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...env,
      NODE_ENV: command === 'dev' ? 'development' : 'production',
      NEXT_TELEMETRY_DISABLED: '1',
    },
  });
}
