import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { folderWith, inRepo } from './folders.ts';
import { runNode } from './run.ts';

/** A transform that turns `import` into `require`, as ts-jest, Babel's preset and others do. */
const TRANSFORM = `
  const { transformSync } = require(${JSON.stringify(inRepo('esbuild'))});
  exports.process = (code) => transformSync(code, { format: 'cjs', target: 'es2022' });
`;

/** Runs Jest in a folder, in one process. */
function jest(folder: string, configuration: object, ...args: readonly string[]) {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ jest: { ...configuration, watchman: false } }),
  );
  const cache = ['--cacheDirectory', join(folder, 'cache')];
  return runNode(folder, '--expose-gc', inRepo('jest/bin/jest.js'), '--runInBand', ...cache, ...args);
}

test('The package works in Jest, both as CommonJS with default settings and with transformed imports.', () => {
  const folder = folderWith({ next: 'next' });
  const source = join(import.meta.dirname, 'fixtures/jest/shop.test.js');
  copyFileSync(source, join(folder, 'required.test.js'));
  const code = readFileSync(source, 'utf8').replaceAll(
    /^const (.+) = require\((.+)\);$/gm,
    'import $1 from $2;',
  );
  writeFileSync(join(folder, 'imported.test.js'), code);
  writeFileSync(join(folder, 'transform.js'), TRANSFORM);
  const projects = [
    { rootDir: folder, testMatch: ['<rootDir>/required.test.js'] },
    {
      rootDir: folder,
      testMatch: ['<rootDir>/imported.test.js'],
      transform: { imported: '<rootDir>/transform.js' },
    },
  ];
  const { stdout, stderr } = jest(folder, { projects }, '--json');
  expect(stderr).not.toMatch(/●|warning|did not exit|open handle/i);
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 6, numTotalTests: 6 });
});

test('Jest can free the memory of test files that are done.', () => {
  const folder = folderWith({});
  const files = 12;
  const code = `
    const { defineEvents, initEvents, unchecked } = require('trpc-events');
    const tenMegabytes = new Array(1.25e6).fill(0);
    test('a listener', async () => {
      const e = initEvents.create(defineEvents({ noted: unchecked() }));
      const seen = [];
      const bus = e.bus({ handlers: [e.router().on('noted', () => seen.push(tenMegabytes.length))] });
      await bus.publish('noted', {});
      expect(seen).toEqual([1.25e6]);
    });
  `;
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `listener-${i}.test.js`), code);
  const { stderr } = jest(folder, {}, '--logHeapUsage');
  const heaps = Array.from(stderr.matchAll(/^PASS .*\((\d+) MB heap size\)/gm), ([, heap]) => Number(heap));
  expect(heaps).toHaveLength(files);
  printFigure(`heap in Jest after each of ${files} test files of 10 MB: ${heaps.join(', ')} MB`);
  // One file stays in memory, because its copy subscribed for all. Another one may still wait for garbage collection.
  expect(Math.min(...heaps.slice(files / 2)) - heaps[0]!).toBeLessThan(40);
});
