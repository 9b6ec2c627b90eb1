/** Installs what npm users get, once for all package tests: the packed tarball, in a folder outside the repo. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with `node_modules/trpc-events`, and beside it the packages that it and the tests import. */
    installed: string;
    /** The path of the tarball, and the paths in it. */
    tarball: string;
    packed: readonly string[];
  }
}

const root = resolve(import.meta.dirname, '../..');
const DEPENDENCIES = ['picomatch', '@standard-schema/spec'];
/** superjson and its dependency stay beside the package: without them here, npm would look for them in its cache. */
const NEIGHBOURS = [
  'superjson',
  'copy-anything',
  '@trpc/server',
  '@trpc/client',
  'zod',
  '@types/node',
  'undici-types',
];

export function setup(project: TestProject): () => void {
  if (!existsSync(join(root, 'dist')))
    throw new Error('There is no dist to test: run `npm run build` first.');
  const folder = realpathSync(mkdtempSync(join(emptySurroundings(), 'trpc-events-package-')));
  const [tarball] = JSON.parse(
    npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder),
  ) as [{ filename: string; files: { path: string }[] }];
  const local = [...DEPENDENCIES, ...NEIGHBOURS].map((name) => [
    name,
    `file:${join(root, 'node_modules', name)}`,
  ]);
  const dependencies = { 'trpc-events': `file:./${tarball.filename}`, ...Object.fromEntries(local) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // The dependencies are copies of those installed here, so that npm asks no registry for anything.
  npm(
    folder,
    'install',
    '--offline',
    '--install-links',
    '--legacy-peer-deps',
    '--ignore-scripts',
    '--no-audit',
  );
  // Nest the dependencies as pnpm does, so that a package finds only its own.
  for (const name of DEPENDENCIES) {
    const nested = join(folder, 'node_modules/trpc-events/node_modules', name);
    mkdirSync(dirname(nested), { recursive: true });
    renameSync(join(folder, 'node_modules', name), nested);
  }
  project.provide('installed', folder);
  project.provide('tarball', join(folder, tarball.filename));
  project.provide('packed', tarball.files.map(({ path }) => path).sort());
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Returns a folder for temporary folders, with no node_modules in it or above it, because Node.js would look there. */
function emptySurroundings(): string {
  const isEmpty = (folder: string): boolean =>
    !existsSync(join(folder, 'node_modules')) && (dirname(folder) === folder || isEmpty(dirname(folder)));
  const found = [tmpdir(), '/var/tmp'].find((folder) => existsSync(folder) && isEmpty(realpathSync(folder)));
  if (found === undefined)
    throw new Error(
      `The tests would find packages in or above ${tmpdir()}: remove its node_modules, or set TMPDIR.`,
    );
  return found;
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
