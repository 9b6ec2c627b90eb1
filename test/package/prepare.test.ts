import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, inject, test } from 'vitest';

test('npm pack makes a complete tarball even if nothing was built before', () => {
  const root = resolve(import.meta.dirname, '../..');
  const folder = mkdtempSync(join(inject('installed'), 'unbuilt-'));
  const sources = [
    'package.json',
    'playground/package.json',
    'scripts/build-page.ts',
    'src',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  const documents = inject('packed').filter((path) => !path.startsWith('dist/'));
  for (const path of new Set([...sources, 'tsdown.config.ts', ...documents])) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['pack', '--silent'], { cwd: folder, stdio: 'ignore' });

  const listed = execFileSync('tar', ['-tzf', basename(inject('tarball'))], {
    cwd: folder,
    encoding: 'utf8',
  });
  const paths = listed
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  expect(withoutHashes(paths)).toEqual(withoutHashes(inject('packed')));
});

/** Masks hashes. The hash of a file that includes superjson depends on the path of node_modules, which is a link here. */
function withoutHashes(paths: readonly string[]): string[] {
  return paths.map((path) => path.replace(/-[\w-]{8}\.(?=(d\.)?[cm])/, '-#.')).sort();
}
