import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'tsdown';
import { expect, inject, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { entries } from './manifest.ts';

/**
 * Sizes in bytes, minified and gzipped, without the code of other packages.
 *
 * `.`: the goal is 9,216, which a throw-away core of 600 lines may have met. The first complete version had 19,840, of
 * which 2,700 are message texts. The ceiling last moved at 20,961: two thirds of the growth are `auto()`, which tells
 * ten platforms apart and asks them for their `waitUntil`, and the rest runs the calls of `withEvents`. Then came 2,600
 * for retries, timeouts, concurrency and dead letters, 800 for hostile envelopes and payloads, and 300 for the
 * permissions of Deno and for results that throw when they are inspected. At 25,600, independent checks found what was
 * missing, and it moved by 4,600: 1,500 for payloads of any realm, own keys, and a ctx that is an instance; 770 for the
 * meta that `publish` makes from a ctx, and mistakes that are refused with a message; 750 for copies of a module; 800 for
 * streams that `close` ends, or that yield nothing for long; 730 for `withEvents` of any handler. At 30,336 it moved by 770,
 * for what a review found: 480 for a ctx that follows its instance, 160 for options and signals that throw, 130 for
 * versions of one catalog. Then the contracts for queues and tracing were finished: 850 for observers that see true
 * outcomes and the same order, and for failures of a chain; 1,000 for `describe`, half of it for what three schema
 * libraries are asked, and told of the wire; 900 for reading back what is forwarded; 500 for `send` and an abort by
 * `close`; 1,400 for sources, reports, lists of listeners, observers that are attached, and what reviews of all this found.
 *
 * The others count what they add to `.`. `./testing` includes `./wire`, and three tools of about 2,000 each. It moved at
 * 10,240 for the outline of a recorder and for payloads that arrive changed. `./queue` includes `./wire`, too. `./wire` last
 * moved at 3,456, for the trace context that is dropped if it is invalid, at 3,584 for what a message takes from its broker,
 * and at 3,840 for three codecs. Of these, the 340 that name the codec of a message of another format are in all that read
 * messages. At 5,248 it moved by 2,000 for `asyncApi`, which bundlers leave out of code that only uses a codec. `./sqs`
 * includes `./wire`, and a third of the rest are checks and message texts. The consumer is 4,500 of it, and the receiver that
 * it stands on 1,500. `./pubsub` has the forwarder, of which 5,000 is what all forwarders to queues share. That limit rose
 * from 9,984 by 9,000 for receiving: 3,000 each for the consumer, for push, and for the receiver with the start and the stop
 * that all consumers share. Then it rose from 18,944 by 512 for places of other keys, for old copies, and for certificates
 * that go missing during a check. `./otel` was 3,500 at first, a third of it names of attributes and metrics.
 * `./inspector/story` has a third each for what belongs together, for words, and for the axis with the filter. Its page leaves
 * 1,000 of it out. `./inspector` may have 12,288 by its design. The code that answers requests is loaded with the first of
 * them, as the page is. It does not count, because a process that only observes or forwards never needs it.
 */
const CEILINGS: Record<string, number> = {
  '.': 35_840,
  './inspector': 12_288,
  './inspector/story': 10_752,
  './next': 640,
  './otel': 4_096,
  './pubsub': 19_456,
  './queue': 6_016,
  './sqs': 17_152,
  './testing': 11_392,
  './wire': 7_232,
};

const folder = mkdtempSync(join(inject('installed'), 'size-'));
const packageFolder = join(inject('installed'), 'node_modules/trpc-events');

/** Bundles some entry points into one file, without the packages that they import. */
async function bundle(...names: readonly string[]): Promise<Buffer> {
  const files = entries.filter(({ name }) => names.includes(name)).map(({ files }) => files.import.default);
  const entry = join(folder, 'entry.mjs');
  // Only the first is exported flat. If all were, a name that two of them share, such as `withEvents`, would not count.
  const code = files.map(
    (file, i) => `export *${i === 0 ? '' : ` as more${i}`} from '${join(packageFolder, file)}';`,
  );
  writeFileSync(entry, code.join('\n'));
  await build({
    cwd: packageFolder,
    config: false,
    entry: [entry],
    outDir: join(folder, 'out'),
    platform: 'neutral',
    target: 'es2022',
    minify: true,
    fixedExtension: true,
    dts: false,
    logLevel: 'error',
    deps: {
      neverBundle: [
        'picomatch',
        'next/server.js',
        'superjson',
        '@aws-sdk/client-sqs',
        '@google-cloud/pubsub',
        'google-auth-library',
        '@opentelemetry/api',
      ],
    },
  });
  return Buffer.concat(chunksOf('entry.mjs').map((name) => readFileSync(join(folder, 'out', name))));
}

/** Returns a file and all that it imports statically, without its dynamic imports. */
function chunksOf(entry: string): string[] {
  const names = new Set([entry]);
  for (const name of names) {
    const code = readFileSync(join(folder, 'out', name), 'utf8');
    for (const [, chunk = ''] of code.matchAll(/\b(?:from|import)\s*["']\.\/([^"']+)["']/g)) names.add(chunk);
  }
  return [...names];
}
const gzipped = (code: Buffer) => gzipSync(code, { level: 9 }).length;

/**
 * The page of the inspector: its script and its style sheet together. They may have 110,000 bytes minified, and 35,840
 * gzipped. Of the script, 4,500 gzipped are Preact, and 9,500 the story, which the shop uses too.
 */
const PAGE = { minified: 110_000, gzipped: 35_840 };

test('The page of the inspector stays under its size ceilings, and importing the inspector loads none of it.', async () => {
  const [chunk] = globSync('dist/built-page-*.mjs', { cwd: packageFolder });
  const { page } = (await import(pathToFileURL(join(packageFolder, chunk!)).href)) as {
    page: { readonly script: string; readonly style: string };
  };
  const texts = [page.script, page.style].map((text) => Buffer.from(text));
  const minified = texts.reduce((sum, { length }) => sum + length, 0);
  const bytes = texts.reduce((sum, text) => sum + gzipped(text), 0);
  const [shown, shownGzipped] = [minified, bytes].map((n) => n.toLocaleString('en'));
  printFigure(`the page of the inspector: ${shown} bytes minified, ${shownGzipped} gzipped`);
  expect(minified).toBeLessThanOrEqual(PAGE.minified);
  expect(bytes).toBeLessThanOrEqual(PAGE.gzipped);
  expect((await bundle('./inspector')).toString()).not.toContain('<!doctype html>');
});

test('Each entry point has a size ceiling.', () => {
  expect(Object.keys(CEILINGS)).toEqual(entries.map(({ name }) => name));
});

test.for(entries)('$name stays under its size ceiling.', async ({ name }) => {
  const root = await bundle('.');
  const code = name === '.' ? root : await bundle('.', name);
  const bytes = name === '.' ? gzipped(root) : gzipped(code) - gzipped(root);
  const minified = name === '.' ? root.length : code.length - root.length;
  const [shown, shownGzipped, most] = [minified, bytes, CEILINGS[name]!].map((n) => n.toLocaleString('en'));
  const onTop = name === '.' ? '' : ' on top of the root';
  printFigure(`${name}: ${shown} bytes minified, ${shownGzipped} gzipped${onTop} (at most ${most})`);
  expect(code.toString()).toMatch(/from\s*["']picomatch["']/);
  expect(code.toString()).not.toContain('#builtin');
  expect(bytes).toBeLessThanOrEqual(CEILINGS[name]!);
});
