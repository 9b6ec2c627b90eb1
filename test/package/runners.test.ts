import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, inRepo } from './folders.ts';
import { runNode } from './run.ts';

/** How each runs one file and what it prints then, of whatever was passed and failed. */
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

/** Of the suite, and of handlerConformance in it. */
const TESTS = 5 + 14;

test.for(RUNNERS)('$name: the test kit works, and so do the fake timers.', ({ args, counts }) => {
  const folder = folderWith({ vitest: 'vitest' });
  cpSync(join(import.meta.dirname, 'fixtures/runners'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ jest: { watchman: false } }));
  const { stdout, stderr } = runNode(folder, ...args);
  expect(stderr).not.toMatch(/●|warning|did not exit|open handle/i);
  expect(counts(stdout)).toEqual({ passed: TESTS, all: TESTS });
});
