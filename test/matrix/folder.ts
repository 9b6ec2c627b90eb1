import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
/** The packages beside the one under test, in the versions that are installed here. */
const NEIGHBOURS = [
  '@opentelemetry/api',
  '@trpc/server',
  'express',
  'fastify',
  'next',
  'react',
  'react-dom',
  'ws',
  'zod',
];
const FILES = [
  'adapters',
  'app.ts',
  'burn.ts',
  'callers.ts',
  'results.ts',
  'serve.ts',
  'tracer.ts',
  'worker.ts',
];

/** Makes a folder outside the repo with the packed package installed, and the application that each platform runs. */
export async function makeFolder(): Promise<string> {
  if (!existsSync(join(root, 'dist')))
    throw new Error('There is no dist to test: run `npm run build` first.');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trpc-events-matrix-')));
  try {
    await fill(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function fill(folder: string): Promise<void> {
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const dependencies = Object.fromEntries(NEIGHBOURS.map((name) => [name, versionOf(name)]));
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, 'trpc-events': `file:./${filename}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run(
    'npm',
    ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      timeout: 180_000,
    },
  );
  for (const file of FILES) cpSync(join(import.meta.dirname, file), join(folder, file), { recursive: true });
  cpSync(join(import.meta.dirname, 'next'), folder, { recursive: true });
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
