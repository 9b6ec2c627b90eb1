import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from './all.ts';

const repo = join(import.meta.dirname, '../..');

it('Each deliberate bug still has its place in the sources, and the tests that should notice it exist.', () => {
  const stale = MUTANTS.filter(({ file, find, also, tests }) => {
    const source = readFileSync(join(repo, 'src', file), 'utf8');
    const finds = also === undefined ? [find] : [find, also.find];
    return (
      finds.some((text) => source.split(text).length !== 2) ||
      tests.some((test) => !existsSync(join(repo, 'test', test)))
    );
  });
  expect(stale.map(({ name }) => name)).toEqual([]);
});
