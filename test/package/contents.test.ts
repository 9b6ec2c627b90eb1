import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publint } from 'publint';
import { expect, inject, test } from 'vitest';

const installed = inject('installed');
const folder = join(installed, 'node_modules/trpc-events');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const run = (...args: readonly string[]) =>
  execFileSync(process.execPath, args, { cwd: installed, encoding: 'utf8' });

/** All that runs: 15 names at most. */
const NAMES = [
  'EventsError',
  'afterResponse',
  'auto',
  'defineEvent',
  'defineEvents',
  'echo',
  'initEvents',
  'inline',
  'unchecked',
  'waitUntil',
];

test('the exports map names all built files, and no others', () => {
  type Target = string | { [condition: string]: Target };
  const targetsOf = (target: Target): string[] =>
    typeof target === 'string' ? [target] : Object.values(target).flatMap(targetsOf);
  const { exports } = JSON.parse(read('package.json')) as { exports: Target };
  const built = inject('packed').filter((path) => path.startsWith('dist/'));
  expect(targetsOf(exports).sort()).toEqual([...built.map((path) => `./${path}`), './package.json'].sort());
});

test('beside them the tarball has the documents alone', () => {
  const others = inject('packed').filter((path) => !path.startsWith('dist/'));
  expect(others).toContain('LICENSE');
  expect(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']).toEqual(expect.arrayContaining(others));
});

test('import and require give the same few names', () => {
  expect(NAMES.length).toBeLessThanOrEqual(15);
  const print = 'console.log(Object.keys(events).sort().join())';
  const imported = run('--input-type=module', '-e', `import * as events from 'trpc-events'; ${print}`);
  const required = run('--input-type=commonjs', '-e', `const events = require('trpc-events'); ${print}`);
  expect(imported.trim().split(',')).toEqual(NAMES);
  expect(required.trim().split(',')).toEqual(NAMES);
});

/** The modules that a file imports; the examples in its comments aside. */
const importsOf = (path: string) => {
  const imports = read(path).matchAll(/^(?!\s*\*).*(?:\bfrom\s*|\bimport\s*|\brequire\()["']([^"']+)["']/gm);
  return [...new Set(Array.from(imports, ([, name = '']) => name))].sort();
};

test('what runs imports picomatch, and neither tRPC nor a schema library', () => {
  expect(importsOf('dist/index.mjs')).toEqual(['picomatch']);
  expect(importsOf('dist/index.cjs')).toEqual(['picomatch']);
});

test('the declarations import tRPC and Standard Schema alone', () => {
  expect(importsOf('dist/index.d.mts')).toEqual(['@standard-schema/spec', '@trpc/server']);
  expect(importsOf('dist/index.d.cts')).toEqual(['@standard-schema/spec', '@trpc/server']);
});

test('publint finds nothing', async () => {
  const { messages } = await publint({ pkgDir: folder, level: 'suggestion', strict: true, pack: false });
  expect(messages).toEqual([]);
});

test('attw finds the types right for each kind of module resolution', () => {
  const attw = resolve(import.meta.dirname, '../../node_modules/@arethetypeswrong/cli/dist/index.js');
  const report = JSON.parse(run(attw, inject('tarball'), '--format', 'json')) as {
    problems?: unknown;
    analysis: { problems: unknown[] };
  };
  expect(report.analysis.problems).toEqual([]);
});
