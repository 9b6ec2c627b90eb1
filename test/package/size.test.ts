import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'tsdown';
import { expect, inject, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';

/**
 * In bytes. The goal is 9,216, which a throw-away core of 600 lines may have met. Last moved when the first whole version
 * stood, at 19,840, of which 2,700 are the text of messages.
 */
const CEILING = 20_480;

test('the root entry stays small: minified, gzipped, without picomatch', async () => {
  const installed = inject('installed');
  const outDir = mkdtempSync(join(installed, 'size-'));
  await build({
    cwd: join(installed, 'node_modules/trpc-events'),
    config: false,
    entry: ['dist/index.mjs'],
    outDir,
    platform: 'neutral',
    target: 'es2022',
    minify: true,
    fixedExtension: true,
    dts: false,
    logLevel: 'error',
    deps: { neverBundle: ['picomatch'] },
  });
  const code = readFileSync(join(outDir, 'index.mjs'));
  const bytes = gzipSync(code, { level: 9 }).length;
  printFigure(
    `root entry: ${code.length.toLocaleString('en')} bytes minified, ${bytes.toLocaleString('en')} gzipped (at most ${CEILING.toLocaleString('en')})`,
  );
  expect(code.toString()).toMatch(/from\s*["']picomatch["']/);
  expect(bytes).toBeLessThanOrEqual(CEILING);
});
