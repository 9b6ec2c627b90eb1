import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, inRepo } from './folders.ts';
import { runNode } from './run.ts';

/** `import` by a transform to `require`: as ts-jest, Babel's preset and the like do it. */
const TRANSFORM = `
  const { transformSync } = require(${JSON.stringify(inRepo('esbuild'))});
  exports.process = (code) => transformSync(code, { format: 'cjs', target: 'es2022' });
`;

test('The package works in Jest: in CommonJS, with no setting changed, and where imports are transformed.', () => {
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
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ jest: { projects, watchman: false } }));

  const jest = inRepo('jest/bin/jest.js');
  const { stdout, stderr } = runNode(
    folder,
    jest,
    '--json',
    '--runInBand',
    '--cacheDirectory',
    join(folder, 'cache'),
  );
  const { numPassedTests, numTotalTests } = JSON.parse(stdout) as Record<string, number>;
  expect({ numPassedTests, numTotalTests }, stderr).toEqual({ numPassedTests: 6, numTotalTests: 6 });
  expect(stderr).not.toMatch(/warning|did not exit|open handle/i);
});
