import { expect, inject, test } from 'vitest';
import { folderWith } from './folders.ts';
import { entries, manifest } from './manifest.ts';
import { runNode } from './run.ts';

/** All runtime exports of each entry point. The root may have at most 15. */
const NAMES: Record<string, readonly string[]> = {
  '.': [
    'EventsError',
    'afterResponse',
    'auto',
    'defineEvent',
    'defineEvents',
    'echo',
    'initEvents',
    'inline',
    'noRetry',
    'unchecked',
    'waitUntil',
    'withEvents',
  ],
  './inspector': ['createInspector'],
  './inspector/story': [
    'MARKS',
    'Story',
    'axisOf',
    'barsOf',
    'clockTime',
    'describeRow',
    'duration',
    'inOneUnit',
    'isOver',
    'keyOf',
    'lineOf',
    'parseFilter',
    'rowsOf',
    'shortId',
    'summarize',
  ],
  './next': ['nextAfter', 'sharedBus', 'withEvents'],
  './pubsub': ['pubsubConsumer', 'pubsubForwarder', 'pubsubPush'],
  './otel': ['openTelemetry'],
  './queue': ['deliveryKey', 'memoryDedupe', 'receiver'],
  './sqs': ['sqsConsumer', 'sqsForwarder', 'sqsLambda'],
  './testing': ['handlerConformance', 'recordEvents', 'testBus'],
  './wire': ['asyncApi', 'cloudEvents', 'eventBridge', 'fastapiEvents', 'snsNotification'],
};

const installed = inject('installed');
const withPeers = folderWith({ next: 'next', '@opentelemetry/api': '@opentelemetry/api' });

const kinds = [
  { kind: 'import', type: 'module', load: (name: string) => `import * as loaded from '${name}';` },
  { kind: 'require', type: 'commonjs', load: (name: string) => `const loaded = require('${name}');` },
] as const;
const run = (folder: string, type: string, code: string) =>
  runNode(folder, `--input-type=${type}`, '--eval', code);

test.for(entries.flatMap((entry) => kinds.map((kind) => ({ ...kind, ...entry }))))(
  '$kind of $specifier gives exactly the expected names, and prints nothing.',
  ({ name, specifier, type, load }) => {
    const code = `${load(specifier)} console.log(Object.keys(loaded).sort().join());`;
    expect(run(withPeers, type, code)).toEqual({ stdout: `${NAMES[name]!.join()}\n`, stderr: '', status: 0 });
    expect(NAMES[name]!.length).toBeLessThanOrEqual(15);
  },
);

test.for(kinds)('$kind of trpc-events/package.json gives the manifest.', ({ type, kind }) => {
  const load = {
    import: `import loaded from 'trpc-events/package.json' with { type: 'json' };`,
    require: `const loaded = require('trpc-events/package.json');`,
  }[kind];
  const { stdout } = run(installed, type, `${load} console.log(JSON.stringify(loaded));`);
  expect(JSON.parse(stdout)).toEqual(manifest);
});

test.for(kinds)('$kind of a file that is not an entry point fails.', ({ type, load }) => {
  const { stderr, status } = run(installed, type, load('trpc-events/dist/index.mjs'));
  expect(status).toBe(1);
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test.for(kinds)(
  '$kind of trpc-events/otel fails if the API of OpenTelemetry is not installed, and names it.',
  ({ type, load }) => {
    const otel = run(installed, type, load('trpc-events/otel'));
    expect(otel.status).toBe(1);
    expect(otel.stderr).toMatch(/Error(?: \[.+\])?: Cannot find (?:package|module) '@opentelemetry\/api'/);
  },
);

test.for(kinds)(
  '$kind of trpc-events/next fails if Next.js is not installed, and names it.',
  ({ type, load }) => {
    const root = run(installed, type, load('trpc-events'));
    expect(root).toEqual({ stdout: '', stderr: '', status: 0 });
    const next = run(installed, type, load('trpc-events/next'));
    expect(next.status).toBe(1);
    expect(next.stderr).toContain(
      type === 'module' ? `code: 'ERR_MODULE_NOT_FOUND'` : `code: 'MODULE_NOT_FOUND'`,
    );
    expect(next.stderr).toMatch(
      /Error(?: \[.+\])?: Cannot find (?:package 'next'|module 'next\/server\.js')/,
    );
  },
);
