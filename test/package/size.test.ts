import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'tsdown';
import { expect, inject, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';

/** In bytes. */
const CEILING = 9216;

test('the root entry is small: minified, gzipped, without picomatch', async () => {
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
