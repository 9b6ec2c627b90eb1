import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALLOWED, dependenciesOf, makeNotices, peersOf } from '../../scripts/licenses/notices.ts';

const root = join(import.meta.dirname, '../..');

test('THIRD-PARTY-LICENSES.md has the licenses of what is installed: `npm run licenses` renews it.', () => {
  expect(readFileSync(join(root, 'THIRD-PARTY-LICENSES.md'), 'utf8')).toBe(makeNotices(root));
});

test('Each dependency has a license that asks for its notice only, and its text is there to be given.', () => {
  const dependencies = dependenciesOf(root);
  expect(dependencies.map(({ name }) => name)).toContain('copy-anything');
  const refused = [...dependencies, ...peersOf(root)].filter(({ license }) => !ALLOWED.has(license));
  expect(refused).toEqual([]);
  expect(dependencies.filter(({ text }) => text === undefined).map(({ name }) => name)).toEqual([]);
});
