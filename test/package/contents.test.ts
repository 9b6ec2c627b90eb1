import { globSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { expect, inject, test } from 'vitest';
import { inRepo } from './folders.ts';
import { entries, importsOf, manifest, packageFolder, reachedFrom, targetsOf } from './manifest.ts';
import { runNode } from './run.ts';

const built = inject('packed').filter((path) => path.startsWith('dist/'));

/** The imports of each entry point besides built files, at run time and in its types. */
const NEEDS: Record<string, { runs: string[]; types: string[] }> = {
  '.': { runs: ['#builtin', 'picomatch'], types: ['@standard-schema/spec', '@trpc/server'] },
  './wire': { runs: ['superjson'], types: ['@standard-schema/spec'] },
  './next': { runs: ['#builtin', 'next/server.js'], types: ['@standard-schema/spec'] },
  './pubsub': {
    runs: ['#builtin', '@google-cloud/pubsub', 'google-auth-library', 'node:buffer', 'superjson'],
    types: ['@standard-schema/spec'],
  },
  './otel': { runs: ['@opentelemetry/api'], types: ['@opentelemetry/api', '@standard-schema/spec'] },
  './queue': { runs: ['superjson'], types: ['@standard-schema/spec'] },
  './sqs': {
    runs: ['#builtin', '@aws-sdk/client-sqs', 'node:buffer', 'node:crypto', 'superjson'],
    types: ['@standard-schema/spec'],
  },
  './inspector': { runs: ['#builtin', 'picomatch'], types: ['@standard-schema/spec'] },
  './inspector/story': { runs: [], types: [] },
  './testing': { runs: ['#builtin', 'picomatch', 'superjson'], types: ['@standard-schema/spec'] },
};

test('The maps in package.json name only files that are built.', () => {
  const { exports, imports, main, types, typesVersions } = manifest;
  const named = [exports, imports, main, types, typesVersions].flatMap(targetsOf);
  expect(inject('packed')).toEqual(expect.arrayContaining(named.map((path) => path.replace('./', ''))));
});

test('The built files are exactly those that the maps name, and those that these reach by relative imports.', () => {
  const named = [manifest.exports, manifest.imports].flatMap(targetsOf);
  const dist = named.filter((path) => path.startsWith('./dist/')).map((path) => path.replace('./', ''));
  expect(reachedFrom(dist)).toEqual(built);
});

test('The imports map has exactly the names with # that built files import.', () => {
  const internal = built.flatMap(importsOf).filter((name) => name.startsWith('#'));
  expect(Object.keys(manifest.imports)).toEqual([...new Set(internal)]);
});

test('The rest of the tarball is only documents and package.json.', () => {
  const others = inject('packed').filter((path) => !path.startsWith('dist/'));
  const docs = globSync('docs/**/*.md', { cwd: join(import.meta.dirname, '../..') });
  expect(docs).toContain('docs/platforms.md');
  expect(others).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'THIRD-PARTY-LICENSES.md',
    ...docs.sort(),
    'package.json',
  ]);
});

const ON_GITHUB = 'https://github.com/trpc-events/trpc-events';

test('package.json says where the package lives.', () => {
  expect(manifest.repository).toEqual({ type: 'git', url: `git+${ON_GITHUB}.git` });
  expect(manifest.bugs).toEqual({ url: `${ON_GITHUB}/issues` });
  expect(manifest.homepage).toBe(`${ON_GITHUB}#readme`);
});

test('npm runs nothing when the package is installed, and so warns of nothing, though it comes from a file.', () => {
  const hooks = new Set(['preinstall', 'install', 'postinstall', 'prepare']);
  expect(Object.keys(manifest.scripts).filter((name) => hooks.has(name))).toEqual([]);
});

test.for(entries)('$name imports only what it needs.', ({ name, files }) => {
  const needs = NEEDS[name]!;
  const outside = (path: string) =>
    [...new Set(reachedFrom([path]).flatMap(importsOf))].filter((name) => !name.startsWith('.')).sort();
  expect(outside(files.import.default)).toEqual(needs.runs);
  // superjson is ESM only, so the CommonJS build includes its code.
  expect(outside(files.require.default)).toEqual(needs.runs.filter((name) => name !== 'superjson'));
  expect(outside(files.import.types)).toEqual(needs.types);
  expect(outside(files.require.types)).toEqual(needs.types);
});

test('Each imported package is a dependency or an optional peer.', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  expect(peerDependenciesMeta).toEqual(
    Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, { optional: true }])),
  );
  const imported = Object.values(NEEDS).flatMap(({ runs, types }) => runs.concat(types));
  const packages = imported
    .filter((name) => !name.startsWith('#') && !name.startsWith('node:'))
    .map((name) => name.replace('/server.js', ''));
  expect([...new Set(packages)].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
});

test('publint finds nothing.', async () => {
  const { messages } = await publint({
    pkgDir: packageFolder,
    level: 'suggestion',
    strict: true,
    pack: false,
  });
  expect(messages).toEqual([]);
});

test('attw finds no problem in the types of each entry point, with each kind of module resolution.', () => {
  const attw = inRepo('@arethetypeswrong/cli/dist/index.js');
  const { stdout } = runNode(inject('installed'), attw, inject('tarball'), '--format', 'json');
  const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object; problems: unknown[] } };
  expect(analysis.problems).toEqual([]);
  expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
});
