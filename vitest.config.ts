import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Node.js caches the code that it compiles. Many tests start processes, and each is then ready in less than half the time.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const quiet = ['test/setup/quiet.ts'];

/** Files that compute for many seconds, and don't mind a busy machine. */
const heavy = [
  'test/core/{flush/memory,retry/load}.test.ts',
  'test/docs/reference.test.ts',
  'test/wire/async-api/{document,names,references}.test.ts',
  'test/wire/{hostile,wrapped-hostile}.test.ts',
];
const find = (patterns: string | readonly string[], exclude: readonly string[] = []) =>
  globSync(patterns, { cwd: import.meta.dirname, exclude });
/** Files that take many seconds because they wait for processes, leases and outages. */
const slow = find([
  'test/{faults,pubsub,queue,servers,sqs}/**/*.test.ts',
  'test/inspector/processes.test.ts',
  'test/otel/{copies,processes}.test.ts',
  'test/platforms/{ending,frozen,lambda,races}.test.ts',
  'test/testing/handler-conformance.test.ts',
  'test/trpc/{batch-subsets,deploy,last-byte}.test.ts',
]);
const OTHERS = 'test/{package,types,workerd,next/app,browser}/**';
const unit = find('test/**/*.test.ts', [...slow, ...heavy, OTHERS, '**/node_modules/**']);
/**
 * Files that change their process (modules, globals, variables, the heap) or read what others left there. The inspector and
 * OpenTelemetry's API keep their state on globalThis.
 */
const ALONE =
  /resetModules|vi\.(?:mock|doMock|stub)|globalThis|Symbol\.for|Object\.prototype|process\.env|\bgc\(|WeakRef|memoryUsage|listenerCount|getTimerCount|node:v8|diagnostics_channel/;
const isAlone = (path: string) =>
  /^test\/(?:inspector|otel)\//.test(path) ||
  ALONE.test(readFileSync(join(import.meta.dirname, path), 'utf8'));

/** Makes two projects of these files: those that can share processes, which import the same modules once, and the others. */
function sharing(
  name: string,
  files: readonly string[],
  testTimeout = 5000,
): TestProjectInlineConfiguration[] {
  const test = { setupFiles: quiet, testTimeout };
  const shared = files.filter((path) => !isAlone(path));
  return [
    { extends: true, test: { ...test, name, isolate: false, include: shared } },
    { extends: true, test: { ...test, name: `${name}-alone`, include: files.filter(isAlone) } },
  ];
}

export default defineConfig({
  test: {
    globalSetup: ['test/setup/node-version.ts'],
    // `allowOnly` and `update` must not depend on whether CI is set.
    allowOnly: false,
    update: 'none',
    // Without vitest's own console, each line goes through process.stdout, where test/setup/quiet.ts sees it.
    disableConsoleIntercept: true,
    maxWorkers: 2,
    // The default of `poll`, one second, is too short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      ...sharing('unit', unit),
      ...sharing('slow', slow, 20_000),
      { extends: true, test: { name: 'heavy', include: heavy, setupFiles: quiet, testTimeout: 120_000 } },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/**/*.test-d.ts'],
            // The checker is a path, because `tsc` in node_modules/.bin may be an older compiler that the tests use too.
            checker: './node_modules/typescript/bin/tsc',
            tsconfig: './tsconfig.json',
          },
        },
      },
      {
        // The built package in Cloudflare's runtime: needs `npm run build` first.
        extends: true,
        test: {
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          setupFiles: quiet,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxConcurrency: 20,
        },
      },
      {
        // The package as npm users get it: needs `npm run build` first. These tests start npm, compilers and servers.
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts', 'test/types/**/*.test.ts'],
          setupFiles: quiet,
          globalSetup: ['test/package/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The playground's shop and the inspector's page in Chromium: needs `npm run build` first, and builds the shop.
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          setupFiles: quiet,
          globalSetup: ['test/browser/setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        // A real Next.js app on the built package: needs `npm run build` first. One at a time, for builds take all there is.
        extends: true,
        test: {
          name: 'next',
          include: ['test/next/app/**/*.test.ts'],
          setupFiles: quiet,
          globalSetup: ['test/next/app/setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
