import { spawnSync } from 'node:child_process';

/** Runs this Node with these arguments. Returns its output and exit status. */
export function runNode(cwd: string, ...args: readonly string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, status, error } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  if (error) throw error;
  return { stdout, stderr, status };
}
