import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { compilers, tsc } from '../types/compilers.ts';
import { folderWith } from './folders.ts';
import { runNode } from './run.ts';

/** The oldest version that the peer range allows, the first that tells a call's index in a batch, and the newest. */
const versions = [
  { version: '11.4.0', installedAs: 'trpc-11-4' },
  { version: '11.13.0', installedAs: 'trpc-11-13' },
  { version: '11.25.2', installedAs: '@trpc/server' },
];
const FILES = ['app.mts', 'app.cts'];
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  types: ['node'],
  strict: true,
  declaration: true,
  skipLibCheck: true,
  outDir: 'out',
};

const handled = (id: string, tenant: string) => [
  `created ${id} of ${tenant}, call users.signUp`,
  `seen ${id}`,
];
const REPORTS = {
  call: { outcomes: [{ id: '1', tenant: 'acme' }], log: ['closed', ...handled('1', 'acme')] },
  failed: { outcomes: ['It fails.'], log: ['discarded 2', 'closed'] },
  batch: {
    outcomes: [{ id: '3', tenant: 'acme' }, 'It fails.', { id: '5', tenant: 'acme' }],
    log: ['discarded 4', 'closed', ...[...handled('3', 'acme'), ...handled('5', 'acme')].sort()],
  },
  around: { outcomes: ['Ada'], log: ['closed', 'created Ada of acme, call users.around', 'seen Ada'] },
  caller: { outcomes: [{ id: '6', tenant: 'direct' }], log: handled('6', 'direct') },
};

function writeProject(installedAs: string): string {
  const folder = folderWith({ '@trpc/server': installedAs });
  for (const file of FILES) {
    copyFileSync(join(import.meta.dirname, 'fixtures/trpc-version.ts'), join(folder, file));
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: FILES }));
  return folder;
}
const projects = versions.map(({ version, installedAs }) => ({ version, folder: writeProject(installedAs) }));
const folders = projects.map(({ folder }) => folder);

test.for(projects)('the installed tRPC is version $version', ({ version, folder }) => {
  const found = readFileSync(join(folder, 'node_modules/@trpc/server/package.json'), 'utf8');
  expect(JSON.parse(found)).toMatchObject({ name: '@trpc/server', version });
});

// `tsc -b` uses a single process, which reads files that the projects share only once.
test.for(compilers)(
  'the middleware keeps ctx and adds dispatch, with each version of tRPC and TypeScript $version',
  (compiler) => {
    expect(tsc(compiler, inject('installed'), '-b', '--force', ...folders)).toBe('');
  },
);

const runs = projects.flatMap(({ version, folder }) =>
  ['app.mjs', 'app.cjs'].map((file) => ({ version, folder, file })),
);
test.for(runs)(
  'events are handled after the response, or dropped: tRPC $version, $file',
  ({ folder, file }) => {
    // The test above compiled this file, with each compiler.
    const { stdout, stderr } = runNode(folder, join('out', file));
    expect(stderr).toBe('');
    const reports = JSON.parse(stdout) as typeof REPORTS;
    const { log } = reports.batch;
    // No order is promised between the calls of a batch.
    log.push(...log.splice(log.indexOf('closed') + 1).sort());
    expect(reports).toEqual(REPORTS);
  },
);
