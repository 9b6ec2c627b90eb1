import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, inRepo } from './folders.ts';
import { runNode } from './run.ts';

/** Each runner, with the arguments that run one file, and a function that reads the counts from its output. */
const RUNNERS = [
  {
    name: 'Jest, in its default mode, CommonJS',
    args: [inRepo('jest/bin/jest.js'), '--runInBand', '--json', 'jest.test.js'],
    counts: (stdout: string) => {
      const { numPassedTests, numTotalTests } = JSON.parse(stdout) as Record<string, number>;
      return { passed: numPassedTests, all: numTotalTests };
    },
  },
  {
    name: 'node:test, ESM',
    args: ['--test', '--test-timeout=60000', '--test-reporter=tap', 'node.test.mjs'],
    counts: (stdout: string) => ({
      passed: Number(/^# pass (\d+)$/m.exec(stdout)?.[1]),
      all: Number(/^# tests (\d+)$/m.exec(stdout)?.[1]),
    }),
  },
  {
    name: 'vitest, ESM',
    args: [inRepo('vitest/vitest.mjs'), 'run', '--reporter=tap-flat', 'vitest.test.mjs'],
    counts: (stdout: string) => ({
      passed: stdout.match(/^ok /gm)?.length,
      all: stdout.match(/^(?:not )?ok /gm)?.length,
    }),
  },
];

/** The number of tests: the suite's own, and those of handlerConformance in it. */
const TESTS = 5 + 16;

test.for(RUNNERS)('$name: the test kit works, and so do the fake timers.', ({ args, counts }) => {
  const folder = folderWith({ vitest: 'vitest' });
  cpSync(join(import.meta.dirname, 'fixtures/runners'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ jest: { watchman: false } }));
  const { stdout, stderr } = runNode(folder, ...args);
  expect(stderr).not.toMatch(/●|warning|did not exit|open handle/i);
  expect(counts(stdout)).toEqual({ passed: TESTS, all: TESTS });
});

const docs = readFileSync(join(import.meta.dirname, '../../docs/testing/fake-timers.md'), 'utf8');
/** Returns the block of the docs that imports from a module, with the bus that the block takes as given. */
function docsBlock(module: string): string {
  const blocks = Array.from(docs.matchAll(/^```ts\n(.*?)^```/gms), ([, code]) => code!);
  const block = blocks.find((code) => code.includes(`from '${module}'`));
  return `import { bus } from './docs-bus.cjs';\n${block}`;
}
const TRANSFORM = `
  const { transformSync } = require(${JSON.stringify(inRepo('esbuild'))});
  exports.process = (code) => transformSync(code, { format: 'cjs', target: 'es2022' });
`;

test('The examples of docs/testing/fake-timers.md for the fake timers of Jest and node:test work.', () => {
  const folder = folderWith({});
  cpSync(join(import.meta.dirname, 'fixtures/runners/docs-bus.cjs'), join(folder, 'docs-bus.cjs'));
  writeFileSync(join(folder, 'jest.test.js'), docsBlock('@jest/globals'));
  writeFileSync(join(folder, 'node.test.mjs'), docsBlock('node:test'));
  writeFileSync(join(folder, 'transform.js'), TRANSFORM);
  const transform = { 'test.js$': '<rootDir>/transform.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ jest: { watchman: false, transform } }));
  const [jest, node] = RUNNERS;
  for (const { args, counts } of [jest!, node!])
    expect(counts(runNode(folder, ...args).stdout)).toEqual({ passed: 1, all: 1 });
});
