import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DELIVERIES } from './deliveries.ts';
import { MESSAGES } from './messages.ts';
import { SCOPES } from './scopes.ts';
import { WIRING } from './wiring.ts';

const repo = join(import.meta.dirname, '../..');

it('Each deliberate bug still has its place in the sources, and the tests that should notice it exist.', () => {
  const stale = [...SCOPES, ...DELIVERIES, ...MESSAGES, ...WIRING].filter(({ file, find, also, tests }) => {
    const source = readFileSync(join(repo, 'src', file), 'utf8');
    const finds = also === undefined ? [find] : [find, also.find];
    return (
      finds.some((text) => source.split(text).length !== 2) ||
      tests.some((test) => !existsSync(join(repo, 'test', test)))
    );
  });
  expect(stale.map(({ name }) => name)).toEqual([]);
});
