import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The runtimes from npm, beside the Node.js that runs this. Each package's install script brings the binary. */
const PACKAGES = {
  'Node 22': { name: 'node', range: '22' },
  'Node 26': { name: 'node', range: '26' },
  Bun: { name: 'bun', range: '1' },
  Deno: { name: 'deno', range: '2' },
} as const;
export type RuntimeName = keyof typeof PACKAGES | 'Node 24';
export const RUNTIMES = ['Node 22', 'Node 24', 'Node 26', 'Bun', 'Deno'] as const satisfies RuntimeName[];

/** A runtime that can be run, or the reason why it can't. */
export type Runtime =
  | { readonly is: 'here'; readonly name: RuntimeName; readonly path: string; readonly version: string }
  | { readonly is: 'not installed'; readonly name: RuntimeName; readonly reason: string };

/** The folder outside the repo that keeps runtimes from run to run. */
const CACHE = join(tmpdir(), 'trpc-events-runtimes');

export async function findRuntime(name: RuntimeName): Promise<Runtime> {
  try {
    const path = name === 'Node 24' ? process.execPath : await install(name);
    return { is: 'here', name, path, version: await versionOf(path) };
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const lines = (stderr || message)
      .split('\n')
      .filter((line) => /\w/.test(line) && !line.includes('npm warn'));
    return { is: 'not installed', name, reason: lines.slice(0, 2).join(' ').slice(0, 200) };
  }
}

async function install(name: keyof typeof PACKAGES): Promise<string> {
  const { name: npmName, range } = PACKAGES[name];
  const folder = join(CACHE, `${npmName}-${range}`);
  const binary = join(folder, 'node_modules/.bin', npmName);
  if (existsSync(binary)) return binary;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'new-'));
  const manifest = {
    private: true,
    allowScripts: { [npmName]: true },
    dependencies: { [npmName]: range },
  };
  writeFileSync(join(fresh, 'package.json'), JSON.stringify(manifest));
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: fresh,
      timeout: 120_000,
    });
    await versionOf(join(fresh, 'node_modules/.bin', npmName));
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return binary;
}

/** Returns only the version number, because Deno prints more. */
async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
  const found = /\d+\.\d+\.\d+/.exec(stdout);
  if (found === null) throw new Error(`${path} --version says ${JSON.stringify(stdout)}`);
  return found[0];
}
