import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'tsdown';
import { expect, inject, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { entries } from './manifest.ts';

/**
 * In bytes, minified and gzipped, without what they import from elsewhere.
 *
 * `.`: the goal is 9,216, which a throw-away core of 600 lines may have met. The first whole version stood at 19,840, of
 * which 2,700 are the text of messages. Last moved at 20,961: two thirds of what came are `auto()`, which tells ten
 * platforms apart and asks them for their `waitUntil`, the rest is what runs the calls of `withEvents`. Then 2,600 for
 * retries, timeouts, concurrency and dead letters, 800 for envelopes and payloads that mean harm, and 300 for
 * the permissions of Deno and for results that throw when they are looked at.
 *
 * The others: what they add to it. `./testing` holds `./wire`, and three tools of about 2,000 each. `./wire` last
 * moved at 3,328, for the check of what an application's own transformer has made.
 */
const CEILINGS: Record<string, number> = { '.': 25_600, './next': 640, './testing': 10_240, './wire': 3_456 };

const folder = mkdtempSync(join(inject('installed'), 'size-'));
const packageFolder = join(inject('installed'), 'node_modules/trpc-events');

/** The code of some entry points in one file, without what they import from other packages. */
async function bundle(...names: readonly string[]): Promise<Buffer> {
  const files = entries.filter(({ name }) => names.includes(name)).map(({ files }) => files.import.default);
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, files.map((file) => `export * from '${join(packageFolder, file)}';`).join('\n'));
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
    deps: { neverBundle: ['picomatch', 'next/server.js', 'superjson'] },
  });
  return readFileSync(join(folder, 'out/entry.mjs'));
}
const gzipped = (code: Buffer) => gzipSync(code, { level: 9 }).length;

test('Each entry point has a ceiling.', () => {
  expect(Object.keys(CEILINGS)).toEqual(entries.map(({ name }) => name));
});

test.for(entries)('$name stays small.', async ({ name }) => {
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
