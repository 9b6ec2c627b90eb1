import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSnapshots } from '../../scripts/api/snapshots.ts';
import { packageFolder } from './manifest.ts';

const folder = join(import.meta.dirname, 'api');
const made = makeSnapshots(packageFolder);

test('Each entry point has a snapshot of its API: `npm run build && npm run api` writes them.', () => {
  expect(readdirSync(folder)).toEqual([...made.keys()].sort());
});

test.for([...made])(
  'The exports of %s are those of its snapshot: after a change that is meant, `npm run build && npm run api`.',
  ([name, text]) => {
    expect(text).toBe(readFileSync(join(folder, name), 'utf8'));
  },
);
